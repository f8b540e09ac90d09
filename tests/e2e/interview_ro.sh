#!/bin/sh
# Proves that the whole identification interview can be taken by keys in Romanian: a case is opened, the
# safety and consent questions open the other sections, every question of every group is answered,
# and the interview is finished and signed; a new process shows it as finished and verify finds
# every seal whole.
. "${0%/*}/common.inc"

make_vault ro
{
    unlock ro
    new_case 'Cosânzeana' 'Ileana'
    cat <<END
expect_not "Cosânzeana"
$(identification)
wait "Locul este ferit"
expect "( ) Da"
key 1 Enter 2 Enter 2 Enter
settle
key 1 Tab 1 Tab 1 Tab
settle
limit 5
until /($(tr_re ro 'This was the last group. Ctrl-W finishes.')|$(tr_re ro 'Nothing more is open. F11 goes to what needs an answer.'))/ 80
  key 1 Tab 1 Tab 1 Tab 1 Tab
  if_screen "$(tr_head ro 'Correct this answer, or clear it with Ctrl-U.')"
    key Ctrl-u F7 Tab
  end
end
expect "$(tr_ ro '✓ saved')"
until "$(tr_ ro 'Finish the interview and sign it?')" 12
  key Ctrl-w
  if_not "$(tr_ ro 'Finish the interview and sign it?')"
    key Ctrl-u
    type "+373 000 00 001"
    key Tab
    if_screen "$(tr_head ro 'Correct this answer, or clear it with Ctrl-U.')"
      key Ctrl-u
      type "2024"
      key Tab
    end
  end
  key Ctrl-w
  if_not "$(tr_ ro 'Finish the interview and sign it?')"
    key Ctrl-u
    type "+373 000 00 001"
    key Tab
    if_screen "$(tr_head ro 'Correct this answer, or clear it with Ctrl-U.')"
      key Ctrl-u
      type "2030"
      key Tab
    end
  end
  key Ctrl-w
end
END
    echo "type \"$(tr_ ro y)\""
    cat <<END
wait "$(tr_ ro 'Finished and signed.')"
expect /✓ .*A. C./
key Ctrl-q
exit 0
END
} >"$work/walk"
play 'the whole interview' ro <"$work/walk"
{
    unlock ro
    cat <<END
key Left
settle
key Left
wait "$(tr_ ro 'finished')"
key Ctrl-q
exit 0
END
} >"$work/again"
play 'finished is remembered' ro <"$work/again"
check 'verify is content' "$B/sprijin" verify --vault "$vault" --passphrase-fd 3 \
    3<"$work/words" >/dev/null
verdict
