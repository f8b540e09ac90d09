#!/bin/sh
# Runs each fuzzer in tests/fuzz for $1 seconds with libFuzzer (clang).
set -eu
mkdir -p build/fuzz
gen=build/gen/data.c
make --no-print-directory $gen >/dev/null
pk=$(pkg-config --cflags --libs ncursesw sqlite3 libsodium libutf8proc jansson yaml-0.1)
for f in tests/fuzz/fuzz_*.c; do
    name=$(basename "$f" .c)
    # shellcheck disable=SC2046,SC2086
    clang -std=c11 -g -O1 -fsanitize=fuzzer,address,undefined -D_GNU_SOURCE -Iinclude -Isrc -Isrc/form \
        -Isrc/vault -o "build/fuzz/$name" "$f" $(find src/base src/db src/form src/vault -name '*.c') \
        $gen $pk -lm
    mkdir -p "build/fuzz/corpus-$name"
    "build/fuzz/$name" -max_total_time="$1" -timeout=5 -rss_limit_mb=1024 -close_fd_mask=3 \
        "build/fuzz/corpus-$name" $( [ -d "tests/fuzz/corpus/$name" ] && echo "tests/fuzz/corpus/$name")
    echo "$name: clean"
done
