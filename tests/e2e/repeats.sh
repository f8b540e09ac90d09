#!/bin/sh
# Proves that rows are kept like answers: added, filled, moved and deleted, with kill -9 after each
# of these, they are all there again, in their order.
. "${0%/*}/common.inc"

rows() { # what; the script on standard input
    what=$1
    cat >"$work/script"
    "$B/pty" "$work/script" -- "$B/sprijin" --vault "$vault" --forms tests/fixtures/rows \
        --lang ro --kdf 19,2 </dev/null &
    driver=$!
    wait "$driver"
    code=$?
    driver=
    count "$code" "$what"
}
again() {
    unlock ro
    cat <<END
key Enter
settle
key Enter
wait "Familia"
settle
END
}
killed='signal KILL
exit 137'

make_vault ro
saved=$(tr_ ro '✓ saved')
{
    unlock ro
    new_case 'Cosânzeana' 'Ileana'
    cat <<END
key Enter
wait "Unde locuiți?"
type "Orhei"
key PgDn
settle
key Enter
wait "Copii 1 din 1"
type "Ion\n"
key 1
settle
key Tab
type "7"
key Esc
wait "Ion, fiu, 7"
type "+"
wait "Copii 2 din 2"
type "Ana\n"
key 2
wait "(•) fiică"
key Esc
wait "Ana, fiică"
wait "$saved"
$killed
END
} >"$work/s"
rows 'two rows, then killed' <"$work/s"
{
    again
    cat <<END
key F9
key Home
key Down
key Enter
wait "Ana, fiică"
expect /1 +Ion, fiu, 7/
expect /2 +Ana, fiică/
type "+"
wait "Copii 3 din 3"
type "Dan"
key Esc
wait_gone "Copii 3 din 3"
settle
type "u"
settle
expect /1 +Ion/
expect /2 +Dan/
expect /3 +Ana/
raw 1b5b313b3541
settle
expect /1 +Dan/
expect /2 +Ion/
wait "$saved"
$killed
END
} >"$work/s"
rows 'a third row moved to the front, then killed' <"$work/s"
{
    again
    cat <<END
key F9
key Home
key Down
key Enter
wait "Dan"
expect /1 +Dan/
expect /2 +Ion, fiu, 7/
expect /3 +Ana, fiică/
key Down
key Delete
settle
type "n"
settle
expect "Ion"
key Delete
settle
type "y"
wait_gone "Ion"
expect /1 +Dan/
expect /2 +Ana, fiică/
wait "$saved"
$killed
END
} >"$work/s"
rows 'a row deleted, then killed' <"$work/s"
{
    again
    cat <<END
key F9
key Home
key Down
key Enter
wait "Dan"
expect /1 +Dan/
expect /2 +Ana, fiică/
expect_not "Ion"
key Down Enter
wait "Copii 2 din 2"
expect "Ana"
key F5
wait_gone "Copii 2 din 2"
key Enter
wait "Copii 2 din 2"
expect "Ana"
key Ctrl-q
exit 0
END
} >"$work/s"
rows 'all is there, and the pause comes back to the row' <"$work/s"
check 'verify is content' "$B/sprijin" verify --vault "$vault" --passphrase-fd 3 \
    3<"$work/words" >/dev/null
verdict
