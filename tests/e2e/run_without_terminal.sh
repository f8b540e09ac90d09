#!/bin/sh
# Proves that the program without a terminal does its main job on a fictional interview: exit 0,
# the finished record on standard output, no terminal sequences, nothing left behind in the home or
# in the temporary folders, and each stands the output's end (a full or closed pipe) with an error.
. "${0%/*}/common.inc"

ls /tmp >"$work/before"
"$B/sprijin" </dev/null >"$work/out" 2>"$work/errors"
count $? "exit 0: $(head -n 3 "$work/errors")"
check 'nothing on standard error' test ! -s "$work/errors"
check 'it says a good deal' test "$(wc -l <"$work/out")" -ge 20
! grep -q "$(printf '\033')" "$work/out"
count $? 'no terminal sequence in it'
check 'nothing in the home' test -z "$(ls -A "$HOME")"
check 'nothing in TMPDIR' test -z "$(ls -A "$TMPDIR")"
ls /tmp | diff "$work/before" - | grep -i sprijin
[ $? -ne 0 ]
count $? 'nothing in /tmp'
"$B/sprijin" </dev/null >"$work/again"
check 'the same again' diff "$work/out" "$work/again"
if [ -w /dev/full ]; then
    "$B/sprijin" </dev/null >/dev/full 2>/dev/null
    [ $? -eq 5 ]
    count $? 'a full disk behind the output is told by exit 5'
fi
verdict
