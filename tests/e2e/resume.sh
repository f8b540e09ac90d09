#!/bin/sh
# Proves that nothing that the screen showed as saved is ever lost: after kill -9 in the middle every
# answer is there and the interview goes on at the first question without one; F5 comes back to the
# very picture that was left; no signal or key stops the program and leads to a shell; a hang-up
# signal and a closed line in the middle of a word keep the word and the place; SIGTERM ends the
# program within a second. A mark beside the log that was lost is made anew, and said.
. "${0%/*}/common.inc"

make_vault ro
saved=$(tr_ ro '✓ saved')
{
    unlock ro
    new_case 'Cosânzeana' 'Ileana'
    cat <<END
$(identification)
wait "Locul este ferit"
key 2 Tab 2 Tab
wait "$saved"
settle
expect "(•) Nu"
signal KILL
exit 137
END
} >"$work/s"
play 'killed in the middle' ro <"$work/s"
{
    unlock ro
    cat <<END
expect /K-[0-9A-Z]{5} +I. C/
key c
settle
expect /$(tr_re ro '%u of %u' | sed 's/(\[0-9\]+)/2/' )/
key Enter
settle
$(identification)
wait "Locul este ferit"
expect "(•) Nu"
expect /› *1 +\( \) Da/
key F9
settle
key Enter
settle
key Tab Tab
settle
expect /› *1 +\( \) Da/
save $work/before
key F5
wait_gone "Locul este ferit"
key Enter
wait "Locul este ferit"
match $work/before
key 2 Tab
settle
key 1 Tab 1 Tab 1 Tab
settle
type "Pentru că altfe"
wait "altfe"
signal HUP
limit 3
exit any
END
} >"$work/s"
play 'kill -9 lost nothing; F5 comes back to the very picture' ro <"$work/s"
{
    unlock ro
    cat <<END
wait "Pentru că altfe"
expect "Persoana"
signal TSTP
type "l pleacă"
wait "Pentru că altfel pleacă"
key Ctrl-z
signal CONT
expect "Pentru că altfel pleacă"
hangup
limit 3
exit any
END
} >"$work/s"
play 'the hang-up signal kept the word and the place' ro <"$work/s"
{
    unlock ro
    cat <<END
wait "Pentru că altfel pleacă"
type " mâine"
wait "pleacă mâine"
signal TERM
limit 1
exit any
END
} >"$work/s"
play 'the closed line kept the word; SIGTERM ends within a second' ro <"$work/s"
{
    unlock ro
    cat <<END
wait "Pentru că altfel pleacă mâine"
key Tab
wait_gone "mâine"
key BackTab
wait "Pentru că altfel pleacă mâine"
key Ctrl-q
exit 0
END
} >"$work/s"
play 'SIGTERM kept the word' ro <"$work/s"
rm "$vault/head"
{
    unlock ro
    cat <<END
expect "$(tr_ ro 'The file "head" was missing; it was made anew. Is the last answer you remember still here?' | cut -d ' ' -f 1-4)"
key Ctrl-q
exit 0
END
} >"$work/s"
play 'a lost mark is made anew and said' ro <"$work/s"
check 'verify is content' "$B/sprijin" verify --vault "$vault" --passphrase-fd 3 \
    3<"$work/words" >/dev/null
verdict
