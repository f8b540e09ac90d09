#!/bin/sh
# Runs all tests on what was built in $1 and ends with one line "N passed, M failed". As many jobs
# at once as there are processors (JOBS=n: as many as that); their counts are told in order.
set -u
B=$1
export SPRIJIN_TESTS=tests
jobs=$B/jobs
rm -rf "$jobs"
mkdir -p "$jobs"
n=0
run() { # name, command...: into the queue
    n=$((n + 1))
    name=$1
    shift
    printf '%s\n' "$name" >"$jobs/$n.name"
    printf '%s\n' "$*" >"$jobs/$n.run"
}
# Under the sanitizers, which take ten times as long, a sample of the same.
cuts=200 step=3 bits=501
[ -x "$B/fault-memory" ] || cuts=40 step=17 bits=2003
# What takes longest comes first, so that nothing long is left for the end.
suites() {
    for t in tests/unit/*/*_test.c; do
        t=${t#tests/unit/}
        echo "${t%_test.c}"
    done
}
LONG='exchange/sim cli/story record/handover record/cache exchange/hub'
for s in $LONG; do [ ! -f "tests/unit/${s}_test.c" ] || run "unit $s" "$B/unit" "$s"; done
run screen "$B/screen" tests/screen
run kill9 tests/fault/kill9.sh 50 "$B/killsave"
# The sanitizers bring an allocator of their own.
[ ! -x "$B/fault-memory" ] || run no_memory "$B/fault-memory" 97
run failing_disk "$B/fault" fail $step
for t in tests/e2e/*.sh; do
    run "$(basename "$t" .sh)" "$t" "$B"
done
run power_cut "$B/fault" cut $cuts 1
run power_cut_unsynced "$B/fault" cut-deaf 200 1
run flipped_bits "$B/fault" flip $bits
run two_processes tests/fault/two.sh "$B" 200
run canary tests/fault/canary.sh "$B"
run replay tests/tools/replay.sh "$B"
run vectors tests/vectors/same.sh "$B"
for s in $(suites); do
    case " $LONG " in *" $s "*) continue ;; esac
    run "unit $s" "$B/unit" "$s"
done

# shellcheck disable=SC2016 # the inner shell's own
seq "$n" | xargs -P "${JOBS:-$(nproc)}" -I{} sh -c '
    start=$(date +%s)
    sh -c "exec $(cat "$1/$2.run")" >"$1/$2.log" 2>&1 </dev/null
    echo $? >"$1/$2.rc"
    echo $(($(date +%s) - start)) >"$1/$2.s"' job "$jobs" {}

passed=0
failed=0
i=0
while [ "$i" -lt "$n" ]; do
    i=$((i + 1))
    log=$jobs/$i.log
    grep '^skipped' "$log"
    line=$(grep -E '^[0-9]+ passed, [0-9]+ failed' "$log" | tail -n 1)
    good=${line%% *}
    bad=${line#*, }
    bad=${bad%% *}
    if [ -z "$line" ]; then
        echo "$(cat "$jobs/$i.name"): ended without a count"
        bad=1
    elif [ "$bad" -eq 0 ] && [ "$(cat "$jobs/$i.rc")" -ne 0 ]; then
        bad=1
    elif [ $((good + bad)) -eq 0 ] && ! grep -q '^skipped' "$log"; then
        echo "$(cat "$jobs/$i.name"): ran no test and does not say why"
        bad=1
    fi
    [ "$bad" -eq 0 ] || tail -n 60 "$log"
    passed=$((passed + ${good:-0}))
    failed=$((failed + bad))
    echo "$(cat "$jobs/$i.name"): $(tail -n 1 "$log") ($(cat "$jobs/$i.s") s)"
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
