#!/bin/sh
# Proves that a record begun under an older form is offered the newer one with a preview, that no
# leaves it as it was, that yes takes it over with every answer, and that nothing is asked after.
. "${0%/*}/common.inc"

forms=$work/forms
mkdir "$forms"
cp tests/fixtures/forms/*.yaml "$forms"
at_form() { # what; the script on standard input
    what=$1
    cat >"$work/script"
    "$B/pty" "$work/script" -- "$B/sprijin" --vault "$vault" --forms "$forms" --lang ro \
        --kdf 19,2 </dev/null &
    driver=$!
    wait "$driver"
    code=$?
    driver=
    count "$code" "$what"
}
question=$(tr_ ro 'Go over to the newer form?')
moved() {
    "$B/sprijin" form move --vault "$vault" --forms "$forms" --lang ro --case "$case" --dry-run \
        --passphrase-fd 3 3<"$work/words" 2>&1
}

make_vault ro
{
    unlock ro
    new_case 'Cosânzeana' 'Ileana'
    cat <<END
key Enter
wait "Vârsta"
type "34\t"
wait "Ce s-a promis?"
key 1 Tab
type "În mai"
key F5
wait /K-[0-9A-Z]{5}/
save $work/picture
key Ctrl-q
exit 0
END
} >"$work/s"
at_form 'a record is begun under the form' <"$work/s"
case=$(grep -Eo 'K-[0-9A-Z]{5}' "$work/picture" | head -n 1)

cp tests/fixtures/newer/identification.yaml "$forms/identification.yaml"
{
    unlock ro
    cat <<END
key Enter
settle
key Enter
wait "$question"
expect "$(tr_ ro 'has another name now')"
expect /În ce limbă vorbim\? +$(tr_ ro 'has to be answered now')/
expect_not "34"
key n
wait "În mai"
key PgUp
wait "Vârsta"
expect "34"
expect_not "În ce limbă"
key F5
settle
key Ctrl-q
exit 0
END
} >"$work/s"
at_form 'the newer form is offered, and no leaves all as it was' <"$work/s"
moved >"$work/out"
grep -q 'surname -> family_name' "$work/out"
count $? "nothing was moved: $(head -n 3 "$work/out")"

{
    unlock ro
    cat <<END
key Enter
settle
key Enter
wait "$question"
key d
wait "În ce limbă vorbim?"
expect "34"
expect "Cosânzeana"
type "română"
key F5
settle
key Enter
wait "În ce limbă vorbim?"
expect_not "$question"
expect "română"
key F5
settle
key Ctrl-q
exit 0
END
} >"$work/s"
at_form 'yes takes it over with its answers, and it is not asked again' <"$work/s"
moved >"$work/out"
grep -q "$(tr_ ro 'The record is under this form already.')" "$work/out"
count $? "it is under the newer form: $(head -n 3 "$work/out")"
verdict
