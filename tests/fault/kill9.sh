#!/bin/sh
# Kills a saving program again and again and checks after each kill that every number it had
# acknowledged is in the log. Usage: kill9.sh COUNT [KILLSAVE]; prints 'N passed, M failed'.
set -eu
count=${1:?how many rounds}
killsave=${2:-build/tests/killsave}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
umask 077
printf 'copac lanterna 7 vapor\n' >"$folder/pass"

with_pass() {
    "$killsave" "$1" "$folder/v" --passphrase-fd 3 3<"$folder/pass"
}

passed=0
failed=0
round=0
while [ "$round" -lt "$count" ]; do
    # A fresh vault now and then: looking through a long one would take longer than killing.
    if [ $((round % 50)) -eq 0 ]; then
        rm -rf "$folder/v"
        with_pass create
    fi
    round=$((round + 1))
    : >"$folder/said"
    : >"$folder/found"
    # Not through the function: the number to kill would be a shell's.
    "$killsave" append "$folder/v" --passphrase-fd 3 3<"$folder/pass" >"$folder/said" \
        2>"$folder/errors" &
    pid=$!
    # The first number is waited for, so that the blow falls on saving and not on unlocking.
    waits=0
    while [ ! -s "$folder/said" ] && [ "$waits" -lt 2000 ]; do
        sleep 0.002
        waits=$((waits + 1))
    done
    sleep "0.0$(awk -v seed="$round$$" 'BEGIN { srand(seed); printf "%02d", int(rand() * 30) }')"
    kill -9 "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
    if [ -s "$folder/said" ] && with_pass check <"$folder/said" >"$folder/found" 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "round $round: $(cat "$folder/found" "$folder/errors" 2>/dev/null)" >&2
    fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
