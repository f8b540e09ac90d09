#!/bin/sh
# Proves that the procedure is seen from outside: the agenda of a demonstration, the course of one
# case as text and as JSON, its records on paper in three languages, and what is refused.
. "${0%/*}/common.inc"

run() { # arguments...
    "$B/sprijin" --vault "$vault" --passphrase-fd 3 "$@" 3<"$work/words"
}
"$B/sprijin" demo --no-open --vault "$vault" --passphrase-fd 3 3<"$work/words" >"$work/out" 2>&1
count $? "a demonstration: $(head -n 3 "$work/out")"

run tasks --json >"$work/agenda"
count $? 'the agenda'
for state in open late; do
    grep -q "\"state\":\"$state\"" "$work/agenda"
    count $? "some task is $state"
done
sed 's/.*"due":"\([^"]*\)".*/\1/' "$work/agenda" >"$work/due"
check 'sorted by due' sort -c "$work/due"
first=$(head -n 1 "$work/due" | cut -c 1-10)
run tasks --json --until "$first" >"$work/few"
count $? 'the agenda until a day'
[ -s "$work/few" ] && [ "$(grep -c . "$work/few")" -lt "$(grep -c . "$work/agenda")" ]
count $? 'fewer until then'
run tasks --json --now 2020-01-01 >"$work/early"
! grep -q '"state":"late"' "$work/early"
count $? 'nothing is late long before'
run tasks --until tomorrow >/dev/null 2>&1
[ $? -eq 2 ]
count $? 'a day that is none is refused'

# Every stage is somebody's: each of them is begun or done in some case of the demonstration.
sed 's/.*"case":"\([^"]*\)".*/\1/' "$work/agenda" | sort -u >"$work/codes"
while read -r code; do
    run tasks --case "$code" --json
done <"$work/codes" >"$work/courses"
count $? 'the course of each'
for stage in referral safety consent crisis identification decision assessment complex risk \
    admission plan carrying_out referral_out return leaving follow_up reopened; do
    grep -o "\"stage\":\"$stage\",\"state\":\"[a-z-]*\"\|\"state\":\"[a-z-]*\",\"stage\":\"$stage\"\|\"stage\":\"$stage\"[^}]*" \
        "$work/courses" | grep -q 'begun\|"done"\|late\|"due"'
    count $? "the demonstration shows the stage $stage"
done

code=$(head -n 1 "$work/codes")
for language in ro ru en; do
    run tasks --case "$code" --lang "$language" >"$work/course"
    count $? "the course in $language"
    grep -q "$(tr_ "$language" late)\|$(tr_ "$language" open)\|$(tr_ "$language" 'due soon')" \
        "$work/course"
    count $? "its words in $language"
    run print --case "$code" --all --lang "$language" -o "$work/paper-$language"
    count $? "on paper in $language"
    grep -q "$(tr_ "$language" 'The worker') *____" "$work/paper-$language"
    count $? "lines to sign on in $language"
    awk '{ if (length($0) > 200) exit 1 }' "$work/paper-$language"
    count $? "no long line in $language"
    [ "$(stat -c %a "$work/paper-$language")" = 600 ]
    count $? 'nobody else can read it'
done
cp "$work/paper-en" "$work/before"
run print --case "$code" --all --lang ro -o "$work/paper-en" >/dev/null 2>&1
[ $? -ne 0 ] && cmp -s "$work/paper-en" "$work/before"
count $? 'a file that is there is not written over'
run audit --case "$code" --json | grep -q '"what":"print"'
count $? 'the audit tells that it was printed'
run print --case "$code" --all >/dev/null 2>&1
[ $? -eq 2 ]
count $? 'never to the terminal'
run print --case "$code" --form complaint -o "$work/none" >/dev/null 2>&1
[ $? -ne 0 ] && [ ! -e "$work/none" ]
count $? 'a form without a record is refused'

# The checker: a rule that reads whether somebody deals with the police.
mkdir "$work/forms"
cp forms/*.yaml "$work/forms"
"$B/sprijin" form check "$work"/forms/*.yaml
count $? 'all files of the folder are clean'
sed "s/\${safety_check.decision} = 'go' or/\${identification.police_wanted} = 'yes' or/" \
    forms/pathway.yaml >"$work/forms/pathway.yaml"
"$B/sprijin" form check "$work/forms/pathway.yaml" --json >"$work/found"
[ $? -eq 1 ] && grep -q '"finding":"gates"' "$work/found"
count $? "a rule that asks about the police is refused: $(head -n 1 "$work/found")"
for broken in holidays:easter: institutions:institutions:; do
    file=${broken%%:*}.yaml
    sed "s/^${broken#*:}\$/${broken%%:*}x:/" "forms/$file" >"$work/forms/$file"
    "$B/sprijin" form check "$work/forms/$file" >/dev/null
    [ $? -eq 1 ]
    count $? "$file with a wrong key is refused"
done
verdict
