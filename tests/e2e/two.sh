#!/bin/sh
# Proves, in Romanian: two programs behind two terminals, two vaults and one spool folder. A case is
# shared; one types an answer while the other's to the same question comes in, and what was typed
# stays; both answers are shown side by side with who gave them; one is chosen on the screen, and the
# other program shows the choice by itself.
. "${0%/*}/common.inc"

spool=$work/spool
mkdir "$spool"
chmod 3770 "$spool"
other=
at_end() { [ -z "$other" ] || kill "$other" 2>/dev/null; }

as() { # vault folder, words...
    folder=$1
    shift
    "$B/sprijin" "$@" --lang ro --kdf 19,2 --vault "$work/$folder" --passphrase-fd 3 3<"$work/words" \
        </dev/null >"$work/said" 2>"$work/complained"
}
screens() { # vault folder, script, log
    "$B/pty" "$2" -- "$B/sprijin" --vault "$work/$1" --lang ro --kdf 19,2 \
        --forms "$root/tests/fixtures/forms" --spool "$spool" </dev/null >"$3" 2>&1
}
until_there() { # step: until the other script has made a file
    echo "run \"timeout 30 sh -c 'until [ -e $work/$1 ]; do sleep 0.1; done'\""
}

make_vault ro
check 'B asks' as b join --name 'B. B.' -o "$work/request"
check 'A accepts' as vault member add "$work/request" --role "$(tr_ ro caseworker)" -o "$work/welcome"
check 'B is in' as b join --finish "$work/welcome"

cat >"$work/first" <<END
$(unlock ro)
$(new_case Munteanu Ileana)
wait "$(tr_ ro 'Open to')"
let CODE /(K-[0-9A-Z]+)/
print CODE
wait /$(tr_re ro ' exchange: %s ')/
settle
key Ctrl-q
exit 0
END
screens vault "$work/first" "$work/played"
count $? "the folder is remembered and used: $(tail -n 30 "$work/played")"
its_code=$(sed -n 's/^CODE //p' "$work/played")
check 'the case is opened to B' as vault member grant 'B. B.' --case "$its_code"
check 'and goes out' as vault sync
check 'her folder' as b sync --spool "$spool"

cat >"$work/script_a" <<END
limit 30
$(unlock ro)
wait "$its_code"
key Enter
wait "$(tr_ ro 'Open to')"
key Enter
wait "F5"
if_not "Vârsta"
key PgUp
settle
key Tab
end
wait "Vârsta"
settle
$(until_there b_types)
type "34\n"
wait "$(tr_ ro '✓ saved')"
key F5
wait "$(tr_ ro 'Open to')"
run "touch $work/a_answered"
wait /! $(tr_re ro '%u answer was given differently in two places.' | sed 's/(\[0-9\]+)/1/')/
run "touch $work/a_saw"
$(until_there b_decided)
wait_gone /! 1 /
key Enter
wait "Ce s-a promis?"
key PgUp
wait "Vârsta"
expect "34"
expect_not "35"
key F5
wait "$(tr_ ro 'Open to')"
key Ctrl-q
exit 0
END
cat >"$work/script_b" <<END
limit 30
$(echo "wait \"$(tr_ ro 'Passphrase')\"")
type "$words\n"
wait "$its_code"
key Enter
wait "$(tr_ ro 'Open to')"
key Enter
wait "F5"
if_not "Vârsta"
key PgUp
settle
key Tab
end
wait "Vârsta"
settle
type "35"
settle
run "touch $work/b_types"
$(until_there a_answered)
sleep 2500
expect "35"
type "\n"
wait "$(tr_ ro '✓ saved')"
key F5
wait "$(tr_ ro 'Open to')"
key F10
wait "$(tr_ ro 'Conflicts')"
type k
wait "$(tr_ ro 'answered differently')"
expect "$its_code"
expect "Vârsta"
key Enter
wait "34"
expect "35"
expect "A. C., "
expect "B. B., "
$(until_there a_saw)
key Home
key Enter
wait "$(tr_head ro 'Decided. The others see it with the next exchange.')"
expect "$(tr_ ro 'Nothing waits for a decision.')"
run "touch $work/b_decided"
key Ctrl-q
exit 0
END
screens b "$work/script_b" "$work/played_b" &
other=$!
screens vault "$work/script_a" "$work/played_a"
count $? "A: $(tail -n 32 "$work/played_a")"
wait "$other"
count $? "B: $(tail -n 32 "$work/played_b")"
other=
check 'both logs are whole: A' as vault verify
check 'both logs are whole: B' as b verify
verdict
