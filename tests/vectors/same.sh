#!/bin/sh
# The known answers are what the generator of build $1 writes: where they differ, a format changed
# (then `make vectors` writes them anew, and its number has to change) or a file was edited by hand.
set -u
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
passed=0
failed=0
"$1/vectors" "$folder" || exit 1
for f in "$folder"/*.txt; do
    if cmp -s "$f" "tests/vectors/$(basename "$f")"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "tests/vectors/$(basename "$f") differs from what is generated"
    fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
