#!/bin/sh
# Proves the first run in Romanian, from nothing on the disk to the list of cases: language, six
# words that are typed back, signature, code, the two paper keys read from the screen and a few
# words of each confirmed. A wrong word is refused first. A run that is killed before that leaves no
# vault behind, and the next one begins anew. Then the six words open the vault, and so does the
# member's paper key in a new process, typed in sight: it asks for a new passphrase at once.
. "${0%/*}/common.inc"

check 'the words of the first run are translated' test \
    "$(tr_ ro 'In which language shall the program speak?')" != \
    'In which language shall the program speak?'
play 'killed while the paper keys were shown' ro <<END
wait "Română"
key Enter
settle
key Tab
settle
type "$words\n$words\n"
settle
type "A. C.\n"
settle
key Enter
wait "$(tr_ ro "Paper key 1 of 2: the ORGANISATION's")"
signal KILL
exit 137
END
check 'no vault with keys that nobody has' test ! -e "$vault"
check 'what was cut off lies beside' test -d "$vault.first"
{
    cat <<END
wait "Română"
expect_not "$vault"
key Enter
wait "$(tr_head ro 'This is your passphrase: six words, chosen by chance. Make a small story of them and learn it by heart. Nobody can look it up for you.')"
END
    n=1
    before=
    while [ $n -le 6 ]; do
        echo "let P$n /^     $before([^ ]+)/"
        before="$before[^ ]+  "
        n=$((n + 1))
    done
    cat <<END
set P "\$P1 \$P2 \$P3 \$P4 \$P5 \$P6"
print P
key Enter
settle
type "\$P1 \$P2 \$P3\n"
expect "$(tr_head ro 'These are not the same words. Try again, or Esc to see them.')"
expect_not "\$P2"
type "\$P\n"
wait "$(tr_head ro 'How do you sign? This stands beside everything you write. Initials are enough, for example: A. C.')"
type "A. C.\n"
settle
key Ctrl-u
type "135790\n"
wait "$(tr_ ro "Paper key 1 of 2: the ORGANISATION's")"
END
    for sheet in O M; do
        n=1
        while [ $n -le 24 ]; do
            echo "let $sheet$n /[^0-9]$n ([^ ]+)(  |$)/"
            n=$((n + 1))
        done
        echo 'key Enter'
        [ $sheet = M ] || echo "wait \"$(tr_ ro 'Paper key 2 of 2: YOUR OWN')\""
    done
    sheet=M1
    n=2
    while [ $n -le 24 ]; do
        sheet="$sheet \$M$n"
        n=$((n + 1))
    done
    cat <<END
settle
type "zzz\n"
expect "$(tr_head ro 'This is another word. Look at the number and at the sheet.')"
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
expect "A. C."
set SHEET "\$$sheet"
print SHEET
key Ctrl-q
exit 0
END
} >"$work/first"
play 'from nothing to the list of cases' ro <"$work/first" >"$work/said"
check 'nothing is left of the run that was cut off' test ! -e "$vault.first"
check 'the vault is closed to others' test "$(stat -c %a "$vault")" = 700
phrase=$(sed -n 's/^P //p' "$work/said")
sheet=$(sed -n 's/^SHEET //p' "$work/said")
check 'six words were read' test "$(echo "$phrase" | wc -w)" = 6
check '24 words were read' test "$(echo "$sheet" | wc -w)" = 24

play 'the six words open it' ro <<END
wait "$(tr_ ro 'Passphrase')"
type "$phrase\n"
wait "$(tr_ ro 'Cases')"
key Ctrl-q
exit 0
END
play 'the paper key opens it' ro <<END
wait "$(tr_ ro 'Passphrase')"
key Tab
type "$(echo "$sheet" | cut -d ' ' -f 1-3 | sed 's/\([^ ]\{4\}\)[^ ]*/\1/g') "
expect "$(echo "$sheet" | cut -d ' ' -f 2)"
type "zzz"
expect "$(tr_head ro '! No word of the list begins like this. Look at the paper once more.')"
key Ctrl-u
type "$(echo "$sheet" | cut -d ' ' -f 4-)\n"
wait "$(tr_head ro 'Opened with the paper key. Take a new passphrase now; the old one then opens nothing any more.')"
key Tab
settle
type "$words\n$words\n"
wait "$(tr_ ro 'The passphrase is changed.')"
wait "$(tr_ ro 'Cases')"
key Ctrl-q
exit 0
END
echo 'not the passphrase at all' >"$work/wrong"
"$B/sprijin" verify --vault "$vault" --passphrase-fd 3 3<"$work/wrong" >/dev/null 2>&1
[ $? -eq 3 ]
count $? 'another passphrase is refused'
echo "$phrase" >"$work/wrong"
"$B/sprijin" verify --vault "$vault" --passphrase-fd 3 3<"$work/wrong" >/dev/null 2>&1
[ $? -eq 3 ]
count $? 'the old passphrase opens nothing any more'
check 'verify is content' "$B/sprijin" verify --vault "$vault" --passphrase-fd 3 \
    3<"$work/words" >/dev/null
verdict
