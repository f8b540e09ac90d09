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
said() { # text of the catalogue, or any
    grep -qF -- "$(tr_ ro "$1")" "$work/said"
}
words_of() { # the twelve words printed last, on one line
    tail -n 40 "$work/said" | grep '^  [a-z]* [a-z]* [a-z]* [a-z]* [a-z]* [a-z]*$' | tail -n 2 |
        tr -d '\n'
}
code_of_first() { # of the one case in the vault
    as vault audit --json
    sed -n 's/.*"case":"\(K-[0-9A-Z]*\)".*/\1/p' "$work/said" | head -n 1
}

make_vault ro
check 'the request is written' as b join --name 'B. B.' -o "$work/request"
asked=$(words_of)
check 'twelve words' test "$(echo "$asked" | wc -w)" = 12
check 'the key of the new member is shown' said 'YOUR KEY. Write it down and keep it apart: with it you get in if you forget your passphrase.'
as b join --name 'B. B.' -o "$work/request"
check 'a request is not overwritten' test $? -eq 2
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
wait "$(tr_ ro 'Open to')"
let CODE /(K-[0-9A-Z]+)/
print CODE
key F10
settle
key Down Down Down Down
key Enter
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
settle
key Ctrl-q
exit 0
END
code=$(sed -n 's/^CODE //p' "$work/log" 2>/dev/null)
check 'the welcome lies beside the request' test -s "$work/request.welcome"
check 'nobody else reads it' test "$(stat -c %a "$work/request.welcome")" = 600
as b join --finish "$work/request"
check 'a request is no welcome' test $? -eq 4
check 'joined' as b join --finish "$work/request.welcome"
organisation=$(words_of)
check 'said so' said 'You are a member now.\n'
as vault member list
check 'both see the words of the organisation' grep -qF "$(echo "$organisation" | cut -d ' ' -f 3-8)" \
    "$work/said"
check 'she is listed with her role' grep -q "B. B., $(tr_ ro caseworker)" "$work/said"
as b join --finish "$work/request.welcome"
check 'a welcome is taken once' test $? -eq 2

play 'a case is opened to her on the screen' ro <<END
wait "$(tr_ ro 'Passphrase')"
type "$words\n"
wait "$(tr_ ro 'Cases')"
let CODE /(K-[0-9A-Z]+)/
print CODE
key Enter
wait "$(tr_ ro 'Open to')"
expect_not "B. B."
key Down
key Enter
wait "$(tr_ ro 'not granted')"
key Down
key Enter
wait "B. B.?"
type "$(tr_ ro y)"
wait_gone "$(tr_ ro 'not granted')"
key Esc
wait "A. C., B. B."
key Ctrl-q
exit 0
END
verdict
