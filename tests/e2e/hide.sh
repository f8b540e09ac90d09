#!/bin/sh
# Proves the quick hiding: F12 and Ctrl-] at once leave a screen without a letter of the case; a
# wrong code keeps it so, the right one brings the very picture back, three wrong ones ask for the
# passphrase. And proves that a key whose bytes come slowly never types its letters into an answer.
. "${0%/*}/common.inc"

gap='Pentru că altfel pleacă mâine'
{
    cat <<END
wait "Română"
key Enter
settle
key Tab
settle
type "$words\n$words\n"
settle
type "A. C.\n"
settle
key Ctrl-u
type "135790\n"
wait /[^0-9]24 ([^ ]+)/
END
    for sheet in O M; do
        n=1
        while [ $n -le 24 ]; do
            echo "let $sheet$n /[^0-9]$n ([^ ]+)(  |$)/"
            n=$((n + 1))
        done
        echo 'key Enter'
        echo settle
    done
    cat <<END
until "$(tr_ ro 'Cases')" 40
  if_screen "$(tr_ ro 'One moment…')"
    wait_gone "$(tr_ ro 'One moment…')"
    again
  end
  if_screen /$(tr_re ro "The ORGANISATION's sheet, word %u:")/
    let N /$(tr_re ro "The ORGANISATION's sheet, word %u:")/
    type "\${O\$N}\n"
    again
  end
  if_screen /$(tr_re ro 'YOUR OWN sheet, word %u:')/
    let N /$(tr_re ro 'YOUR OWN sheet, word %u:')/
    type "\${M\$N}\n"
  end
  settle
end
END
    new_case 'Cosânzeana' 'Ileana'
    cat <<END
$(identification)
wait "Locul este ferit"
key 2 Tab 2 Tab 2 Tab
settle
key 1 Tab 1 Tab 1 Tab
settle
type "$gap"
expect "$gap"
save $work/shown
log $work/raw
key F12
expect_not /[[:alpha:]]/
expect_not "K-"
type "000000"
expect_not /[[:alpha:]]/
type "abc123x"
expect_not /[[:alpha:]]/
key Up Enter Esc F1 F10 F2
sleep 150
expect_not /[[:alpha:]]/
type "135790"
wait "$gap"
match $work/shown
key Ctrl-]
expect_not /[[:alpha:]]/
type "135790"
wait "$gap"
match $work/shown
raw 1b
sleep 20
raw 5b
sleep 20
raw 44
settle
raw 1b
sleep 20
raw 5b31
sleep 300
raw 357e
settle
raw 1b4f
sleep 20
raw 43
expect "$gap"
expect_not /mâine[^_]/
raw 1b
sleep 400
raw 5b
sleep 50
raw 41
sleep 50
raw 1b5b3939397a
settle
if_not "$gap"
  key Enter
  settle
end
wait "$gap"
expect_not /$gap[^_]/
expect_not "[A"
key F12
expect_not /[[:alpha:]]/
type "000000111111222222"
wait "$(tr_ ro 'Passphrase')"
expect_not "$gap"
type "$words\n"
wait "$gap"
key Ctrl-q
exit 0
END
} >"$work/s"
play 'hidden, wrong code, right code, slow keys, three wrong codes' ro <"$work/s"
{
    unlock ro
    cat <<END
wait "$gap"
expect_not /$gap[^_]/
key Ctrl-k
wait "$(tr_ ro 'Passphrase')"
expect_not "$gap"
expect_not "K-"
key Ctrl-q
exit 0
END
} >"$work/s"
play 'the answer is what was typed, and locking clears the screen' ro <"$work/s"
verdict
