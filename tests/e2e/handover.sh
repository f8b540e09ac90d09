#!/bin/sh
# Proves, in Romanian, on the command line and over a folder that both exchange through: a case is
# offered to a colleague with a reason, she sees it and refuses with hers; offered again she accepts,
# is responsible, and the sender's access ends; what is not theirs to answer is refused; a
# coordinator sees all of it in the overview without opening the case.
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
complained() {
    grep -qF -- "$1" "$work/complained"
}
exchange() { # vaults in turn, twice, so that all have everything
    mkdir -p "$work/stick"
    for one in "$@" "$@"; do
        as "$one" sync "$work/stick" || return 1
    done
}
join() { # folder, name
    as "$1" join --name "$2" -o "$work/$1.request" &&
        as vault member add "$work/$1.request" --role caseworker -o "$work/$1.welcome" &&
        as "$1" join --finish "$work/$1.welcome"
}

make_vault ro
check 'a colleague joins' join b 'B. B.'
check 'and another' join c 'C. C.'
vault=$work/b
{
    play 'she opens a case' ro <<END
wait "$(tr_ ro 'Passphrase')"
type "$words\n"
wait "B. B."
settle
$(new_case Munteanu Ileana)
let CODE /(K-[0-9A-Z]+)/
print CODE
key Ctrl-q
exit 0
END
} >"$work/played"
code=$(sed -n 's/^CODE //p' "$work/played")
check 'the case has a code' test -n "$code"
check 'all exchange' exchange vault b c

as b handover
check 'nothing was offered yet' said 'Niciun caz nu a fost predat.'
as b handover "$code" 'C. C.'
check 'offering takes a reason' test $? -eq 2
as c handover "$code" 'B. B.' --reason 'vreau'
check 'who does not have it does not offer it' test $? -eq 2
as b handover "$code" 'Z. Z.' --reason 'plec'
check 'nor to somebody unknown' test $? -eq 2
check 'offered' as b handover "$code" 'C. C.' --reason 'plec la Orhei' --end-access
check 'and said so' said 'Cazul este deschis pentru primitor'
as b handover "$code" 'C. C.' --reason 'plec la Orhei'
check 'not twice' test $? -eq 2
check 'and why is told' complained "$(tr_ ro 'A handover of this case waits for its answer already.')"
as b handover accept "$code"
check 'the sender does not accept it herself' test $? -eq 1
check 'exchanged' exchange b c
as c handover
check 'the receiver sees who offers it' said "B. B. → C. C.  $(tr_ ro 'waits for an answer')"
check 'and why' said 'plec la Orhei'
as c handover refuse "$code"
check 'a refusal takes a reason' test $? -eq 2
check 'refused' as c handover refuse "$code" --reason 'am prea multe'
as c handover refuse "$code" --reason 'am prea multe'
check 'once' test $? -eq 1
check 'back' exchange c b
as b handover
check 'the sender reads that it was refused' said "$(tr_ ro 'refused by the receiver')"
check 'and why not' said 'am prea multe'
as b member granted --case "$code"
check 'the case is hers alone again' test "$(grep -c 'C. C.' "$work/said")" = 0

check 'offered again' as b handover "$code" 'C. C.' --reason 'chiar plec' --end-access
check 'and withdrawn' as b handover withdraw "$code"
as b handover accept "$code"
check 'then nobody accepts it' test $? -eq 1
check 'offered a third time' as b handover "$code" 'C. C.' --reason 'predau' --end-access
check 'over' exchange b c
check 'accepted' as c handover accept "$code"
check 'she is responsible' said 'acum răspundeți de caz'
as c handover accept "$code"
check 'accepted once' test $? -eq 1
check 'everywhere' exchange c b vault
as c member granted --case "$code"
check 'she has it' said 'C. C.'
check 'the sender has it no more' test "$(grep -c 'B. B.' "$work/said")" = 0
as b member granted --case "$code"
check 'and does not find it' test $? -ne 0
check 'the list is whole as JSON' as c handover --json
check 'with its states' test "$(grep -c '"state":"accepted"\|"state":"refused"\|"state":"withdrawn"' \
    "$work/said")" = 3

as c link "$code" "$code"
check 'a case is not linked to itself' test $? -eq 2

as vault overview
check 'the coordinator has the overview' said "$code"
check 'with who is responsible' said 'C. C.'
as vault overview --json
check 'as JSON too' grep -q "\"case\":\"$code\".*\"responsible\":\"C. C.\"" "$work/said"
as c overview
check 'a caseworker has none' test $? -eq 3
for one in vault b c; do
    check "$one verifies" as "$one" verify
done
verdict
