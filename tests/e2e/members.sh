#!/bin/sh
# Proves, in Romanian: a second person asks to join and both see the same words; the coordinator
# accepts her on the screen; a case is opened to her, on the screen, and taken back, on the command
# line; new keys for lost ones bring the case with them; a removed member is one no more; a role is
# not exceeded; the audit tells all of it, and the printed table of rights is the documented one.
. "${0%/*}/common.inc"

as() { # vault folder, words...
    folder=$1
    shift
    "$B/sprijin" "$@" --lang ro --kdf 19,2 --vault "$work/$folder" --passphrase-fd 3 3<"$work/words" \
        </dev/null >"$work/said" 2>"$work/complained"
}
said() { # words the command printed
    grep -qF -- "$1" "$work/said"
}
words_of() { # the twelve words printed last, on one line
    tail -n 40 "$work/said" | grep '^  [a-z]* [a-z]* [a-z]* [a-z]* [a-z]* [a-z]*$' | tail -n 2 |
        tr -d '\n'
}

make_vault ro
check 'the request is written' as b join --name 'B. B.' -o "$work/request"
asked=$(words_of)
check 'twelve words' test "$(echo "$asked" | wc -w)" = 12
check 'the key of the new member is shown' said "$(tr_head ro 'YOUR KEY. Write it down and keep it apart: with it you get in if you forget your passphrase.')"
as b join --name 'B. B.' -o "$work/request"
check 'a request is not overwritten' test $? -eq 2
as b open
check 'the program does not open on it' grep -qF "$(tr_head ro 'This folder waits for its welcome: sprijin join --finish WELCOME')" "$work/complained"
as b verify
check 'a waiting folder is no vault yet' test $? -ne 0

play 'accepted on the screen' ro <<END
wait "$(tr_ ro 'Passphrase')"
type "$words\n"
wait "$(tr_ ro 'Cases')"
type "n"
wait "$(tr_ ro 'Surname')"
type "Munteanu\t"
type "Ileana\t\t"
key Enter
wait "$(tr_ ro 'Access and handing over')"
key F10
settle
type m
wait "$(tr_ ro 'Add a member from a request file')"
key End
key Enter
wait "$(tr_ ro 'Request file')"
type "$work/request\n"
wait "B. B."
expect "$(echo "$asked" | cut -d ' ' -f 3-5)"
key Down
key Enter
wait "$(tr_head ro 'Give back this file:')"
key Esc
wait "$(tr_ ro 'Access and handing over')"
key Esc
wait "$(tr_ ro 'Cases')"
settle
key Ctrl-q
exit 0
END
check 'the welcome lies beside the request' test -s "$work/request.welcome"
check 'nobody else reads it' test "$(stat -c %a "$work/request.welcome")" = 600
as b join --finish "$work/request"
check 'a request is no welcome' test $? -eq 4
check 'joined' as b join --finish "$work/request.welcome"
organisation=$(words_of)
check 'said so' said 'Acum sunteți membru.'
as vault member list
check 'both see the words of the organisation' grep -qF "$(echo "$organisation" | cut -d ' ' -f 3-8)" \
    "$work/said"
check 'she is listed with her role' grep -q "B. B., $(tr_ ro caseworker)" "$work/said"
as b join --finish "$work/request.welcome"
check 'a welcome is taken once' test $? -eq 2

{
    play 'a case is opened to her on the screen' ro <<END
wait "$(tr_ ro 'Passphrase')"
type "$words\n"
wait "$(tr_ ro 'Today') ·"
key c
wait "$(tr_ ro 'Cases')"
let CODE /(K-[0-9A-Z]+)/
print CODE
key Enter
wait "$(tr_ ro 'Access and handing over')"
expect_not "B. B."
key End
settle
key Enter
settle
key Enter
wait "$(tr_ ro 'not granted')"
key Down
key Enter
wait "B. B.?"
type "$(tr_ ro y)"
wait_gone "$(tr_ ro 'not granted')"
key Esc
wait "A. C., B. B."
settle
key Ctrl-q
exit 0
END
} >"$work/played"
its_code=$(sed -n 's/^CODE //p' "$work/played")
check 'the case has a code' test -n "$its_code"

check 'new keys are asked for' as b2 join --name 'B. B.' -o "$work/request2"
check 'and certified' as vault member add "$work/request2" --replaces 'B. B.' -o "$work/welcome2"
check 'taken in' as b2 join --finish "$work/welcome2"
vault=$work/b2
play 'the case came with the new keys' ro <<END
wait "$(tr_ ro 'Passphrase')"
type "$words\n"
wait "$its_code"
expect "I. M."
key Ctrl-q
exit 0
END
vault=$work/vault
check 'her list is whole' as b2 verify
check 'the others list her once' as vault member list
check 'as removed under the old keys' test "$(grep -c "B. B..*($(tr_ ro removed))" "$work/said")" = 1
check 'and as a member under the new' test "$(grep -c 'B. B.' "$work/said")" = 2

as b2 member role 'A. C.' lawyer
check 'a caseworker changes no roles' test $? -eq 3
check 'and is told why' grep -qF "$(tr_ ro 'Your role does not allow this.')" "$work/complained"
grep -oE '[0-9]+ [a-z]+' "$work/sheets" | awk '{ print $2 }' | head -n 24 | tr '\n' ' ' >"$work/root"
as vault member role 'B. B.' coordinator
check 'nobody becomes a coordinator without the key of the organisation' test $? -eq 3
"$B/sprijin" member role 'B. B.' coordinator --lang ro --vault "$vault" --passphrase-fd 3 \
    --organisation-sheet-fd 4 3<"$work/words" 4<"$work/root" >/dev/null 2>"$work/complained"
count $? "with it she does: $(head -n 3 "$work/complained")"
as vault member list
check 'and is listed as one' said "B. B., $(tr_ ro coordinator)"
check 'another role' as vault member role 'B. B.' "$(tr_ ro lawyer)"
check 'taken back' as vault member ungrant 'B. B.' --case "$its_code"
check 'who is granted is listed' as vault member granted --case "$its_code"
check 'she is not' test "$(grep -c 'B. B.' "$work/said")" = 0
as vault member ungrant 'A. C.' --case "$its_code"
check 'the last one stays' test $? -eq 1
check 'granted again' as vault member grant 'B. B.' --case "$its_code"
as vault member grant 'B. B.' --case "$its_code"
check 'twice is said' test $? -eq 2
as vault member remove 'B. B.'
check 'removing takes a reason' test $? -eq 2
check 'removed' as vault member remove 'B. B.' --reason 'a plecat'
as vault member grant 'B. B.' --case "$its_code"
check 'nobody of that name is left' test $? -eq 2
check 'the audit is listed' as vault audit
check 'with the reason' grep -q "$(tr_ ro 'removed a member').*a plecat" "$work/said"
check 'as JSON too' as vault audit --json --member 'A. C.'
check 'one object a line' grep -q '^{.*"what":"removed".*}$' "$work/said"
check 'the table of rights is printed' as vault member rights
check 'as the guide has it' test "$(cat "$work/said")" = "$(sed -n '/^| kind/,$p' docs/members.md)"
check 'verify is content' as vault verify
verdict
