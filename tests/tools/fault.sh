#!/bin/sh
# The long fault runs on what was built in $1. The numbers can be set, for a shorter run:
# CUTS=100000 KILLS=10000 SAVES=10000 STEP=1 (every STEP-th call, allocation; bits by 7 x STEP).
set -u
B=$1
cuts=${CUTS:-100000}
step=${STEP:-1}
: >"$B/fault-failed"
run() { # name, command...
    name=$1
    shift
    if "$@" >"$B/fault-$name.log" 2>&1 </dev/null; then
        echo "$name: $(tail -n 1 "$B/fault-$name.log")"
    else
        tail -n 40 "$B/fault-$name.log"
        echo "$name: failed"
        echo "$name" >>"$B/fault-failed"
    fi
}
run failing-disk "$B/fault" fail "$step"
run power-cut "$B/fault" cut "$cuts" "${SEED:-1}"
run power-cut-unsynced "$B/fault" cut-deaf 1000 "${SEED:-1}"
run flipped-bits "$B/fault" flip $((step * 7))
[ ! -x "$B/fault-memory" ] || run no-memory "$B/fault-memory" "$step"
run random-forms env SPRIJIN_RANDOM_FORMS=10000 SPRIJIN_TESTS=tests "$B/unit" form/recompute
run two-processes tests/fault/two.sh "$B" "${SAVES:-10000}"
# Killing is mostly waiting: four at a time.
for worker in 1 2 3 4; do
    run "kill9-$worker" tests/fault/kill9.sh $(((${KILLS:-10000} + 3) / 4)) "$B/killsave" &
done
wait
[ ! -s "$B/fault-failed" ]
