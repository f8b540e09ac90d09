#!/bin/sh
# Puts ODK Web Forms' engine (node) beside ours on the same generated forms, in one run, and prints
# how many times faster each row is. Needs node and npm; says so and ends well where they are missing.
set -u
B=$1
if ! command -v node >/dev/null 2>&1 || ! command -v npm >/dev/null 2>&1; then
    echo "bench-peers: node and npm are not here; nothing to compare with"
    exit 0
fi
peers=$B/peers
mkdir -p "$peers"
cp tests/bench/peers/package.json tests/bench/peers/odk.mjs "$peers/"
[ -d "$peers/node_modules/@getodk" ] ||
    (cd "$peers" && npm install --no-audit --no-fund --no-package-lock --silent) || {
    echo "bench-peers: the other engine could not be installed"
    exit 0
}
printf '%-8s %5s  %-16s %12s %12s %9s\n' shape N row ours theirs times
for shape in sparse dense fan; do
    for n in 100 500 1000; do
        "$B/bench-forms" $n $shape >"$peers/ours"
        "$B/bench-forms" $n $shape --xform | (cd "$peers" && node odk.mjs) >"$peers/theirs" || continue
        awk -v s=$shape -v n=$n -F '\t' '
            NR == FNR { ours[$1] = $2; next }
            $1 != "answers" && ours[$1] > 0 {
                printf "%-8s %5d  %-16s %12.5f %12.5f %8.0fx\n", s, n, $1, ours[$1], $2, $2 / ours[$1] }
        ' "$peers/ours" "$peers/theirs"
    done
done
