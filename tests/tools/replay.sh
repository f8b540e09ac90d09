#!/bin/sh
# Replays the corpus of each fuzzer on what was built in $1: the inputs of tests/fuzz/corpus, each
# also grown to 100 KB, and the broken forms of the fixtures. Ends with one line of counts.
set -u
B=$1
passed=0
failed=0
for dir in tests/fuzz/corpus/*; do
    name=$(basename "$dir")
    more=
    case $name in yaml) more="tests/fixtures/broken tests/fixtures/try forms" ;; esac
    # shellcheck disable=SC2086 # a list of folders
    counts=$("$B/replay-$name" --grow "$dir" $more)
    rc=$?
    echo "$name: $counts"
    line=$(echo "$counts" | tail -n 1)
    case $line in
    [0-9]*" passed, "*) passed=$((passed + ${line%% *})) ;;
    *) rc=1 ;;
    esac
    [ $rc -eq 0 ] || failed=$((failed + 1))
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
