#!/bin/sh
# Proves that text of a record is data: escape sequences, control characters of both sets and bidi
# controls that are pasted into names and answers, or come in a file of answers, never reach the
# terminal or the output, which the raw bytes show; and the paste neither presses keys nor leaves.
. "${0%/*}/common.inc"

make_vault ro
rlo=$(printf '\342\200\256')
iso=$(printf '\342\201\246')
csi=$(printf '\302\233')
bad="Ana\\e]0;owned\\a\\e[31mMaria${rlo}rus${iso}x${csi}31m\\e[2J"
{
    unlock ro
    cat <<END
log $work/raw
key n
settle
paste "$bad"
settle
key Tab
paste "$bad\nB\r\n\e[201"
settle
expect "Ana"
expect "$(tr_ ro 'Open the case')"
key Tab
settle
type "Iana\n"
settle
key Enter
settle
expect /K-[0-9A-Z]{5}/
key v
settle
expect "Ana"
$(identification)
wait "Locul este ferit"
key 2 Tab 2 Tab 2 Tab
settle
key 1 Tab 1 Tab 1 Tab
settle
paste "$bad și încă destule semne"
settle
expect "Maria"
key Tab
settle
key v
settle
key Ctrl-q
exit 0
END
} >"$work/s"
play 'pasted' ro <"$work/s"
none() { # what, bytes
    ! LC_ALL=C grep -aqF "$(printf "$2")" "$work/raw"
    count $? "$1 reached the terminal"
}
check 'there was something to look at' test -s "$work/raw"
none 'a title sequence' '\033]0;'
none 'the owned title' ']0;owned\007'
none 'a bell' '\007'
none 'a C1 control' '\302\233'
none 'a bidi override' '\342\200\256'
none 'a bidi isolate' '\342\201\246'
check 'verify is content' "$B/sprijin" verify --vault "$vault" --passphrase-fd 3 \
    3<"$work/words" >/dev/null

sed 's/"called": "[^"]*"/"called": "Ana\\u001b]0;owned\\u0007\\u202e\\u009b31m"/' \
    tests/fixtures/interview.json >"$work/bad.json"
! cmp -s tests/fixtures/interview.json "$work/bad.json"
count $? 'the bad answers differ'
"$B/sprijin" form fill forms/identification.yaml --answers "$work/bad.json" >"$work/raw" 2>&1
code=$?
check 'form fill takes or refuses the answers' test $code -eq 0 -o $code -eq 4
none 'form fill: an escape' '\033'
none 'form fill: a bell' '\007'
none 'form fill: a C1 control' '\302\233'
none 'form fill: a bidi override' '\342\200\256'
verdict
