#!/bin/sh
# Proves that the whole identification interview can be taken by keys in Russian: a case is opened, the
# safety and consent questions open the other sections, every question of every group is answered,
# and the interview is finished and signed; a new process shows it as finished and verify finds
# every seal whole.
. "${0%/*}/common.inc"

make_vault ru
{
    unlock ru
    new_case 'Прекрасная' 'Василиса'
    cat <<END
expect_not "Прекрасная"
$(identification)
wait "Место уединённое"
expect "( ) Да"
key 1 Tab 2 Tab 2 Tab
settle
key 1 Tab 1 Tab 1 Tab
settle
limit 5
until /($(tr_re ru 'This was the last group. Ctrl-W finishes.')|$(tr_re ru 'Nothing more is open. F11 goes to what needs an answer.'))/ 80
  key 1 Tab 1 Tab 1 Tab 1 Tab
  if_screen "$(tr_head ru 'Correct this answer, or clear it with Ctrl-U.')"
    key Ctrl-u F7 Tab
  end
end
expect "$(tr_ ru '✓ saved')"
until "$(tr_ ru 'Finish the interview and sign it?')" 12
  key Ctrl-w
  if_not "$(tr_ ru 'Finish the interview and sign it?')"
    key Ctrl-u
    type "+373 000 00 001"
    key Tab
    if_screen "$(tr_head ru 'Correct this answer, or clear it with Ctrl-U.')"
      key Ctrl-u
      type "2024"
      key Tab
    end
  end
  key Ctrl-w
  if_not "$(tr_ ru 'Finish the interview and sign it?')"
    key Ctrl-u
    type "+373 000 00 001"
    key Tab
    if_screen "$(tr_head ru 'Correct this answer, or clear it with Ctrl-U.')"
      key Ctrl-u
      type "2030"
      key Tab
    end
  end
  key Ctrl-w
end
END
    echo "type \"$(tr_ ru y)\""
    cat <<END
wait "$(tr_ ru 'Finished and signed.')"
expect /✓ .*A. C./
key Ctrl-q
exit 0
END
} >"$work/walk"
play 'the whole interview' ru <"$work/walk"
{
    unlock ru
    cat <<END
key Left
settle
key Left
wait "$(tr_ ru 'finished')"
key Ctrl-q
exit 0
END
} >"$work/again"
play 'finished is remembered' ru <"$work/again"
check 'verify is content' "$B/sprijin" verify --vault "$vault" --passphrase-fd 3 \
    3<"$work/words" >/dev/null
verdict
