#!/bin/sh
# Runs all tests on what was built in $1 and ends with one line "N passed, M failed".
set -u
B=$1
export SPRIJIN_TESTS=tests
passed=0
failed=0
take() { # adds the last "N passed, M failed" line of a log to the sums
    line=$(grep -E '^[0-9]+ passed, [0-9]+ failed' "$1" | tail -n 1)
    if [ -z "$line" ]; then
        echo "$2: ended without a count"
        failed=$((failed + 1))
        return
    fi
    passed=$((passed + ${line%% *}))
    rest=${line#*, }
    failed=$((failed + ${rest%% *}))
}
run() { # name, command...
    name=$1
    shift
    log=$B/$name.log
    "$@" >"$log" 2>&1 </dev/null
    rc=$?
    before=$failed
    grep '^skipped' "$log"
    take "$log" "$name"
    if [ "$rc" -ne 0 ] || [ "$failed" -gt "$before" ]; then
        tail -n 60 "$log"
        [ "$failed" -gt "$before" ] || failed=$((failed + 1))
    fi
    echo "$name: $(tail -n 1 "$log")"
}
run unit "$B/unit"
run screen "$B/screen" tests/screen
run forms tests/e2e/forms.sh "$B"
run replay tests/tools/replay.sh "$B"
run vectors tests/vectors/same.sh "$B"
run kill9 tests/fault/kill9.sh 50 "$B/killsave"
# Under the sanitizers, which take ten times as long, a sample of the same.
cuts=200 step=3 bits=501
[ -x "$B/fault-memory" ] || cuts=40 step=17 bits=2003
run power_cut "$B/fault" cut $cuts 1
run power_cut_unsynced "$B/fault" cut-deaf 200 1
run failing_disk "$B/fault" fail $step
run flipped_bits "$B/fault" flip $bits
run two_processes tests/fault/two.sh "$B" 200
run canary tests/fault/canary.sh "$B"
# The sanitizers bring an allocator of their own.
[ ! -x "$B/fault-memory" ] || run no_memory "$B/fault-memory" 97
for t in tests/e2e/*.sh; do
    case $t in */forms.sh) continue ;; esac
    run "$(basename "$t" .sh)" "$t" "$B"
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
