#!/bin/sh
# Runs each fuzzer in tests/fuzz for $1 seconds with libFuzzer (clang).
set -eu
out=build/fuzz
mkdir -p $out
make --no-print-directory build/gen/data.c >/dev/null
flags="-std=c11 -g -O1 -fsanitize=fuzzer-no-link,address,undefined -D_GNU_SOURCE -Iinclude -Isrc"
flags="$flags $(pkg-config --cflags sqlite3 libsodium libutf8proc jansson yaml-0.1 libzip expat xlsxwriter)"
libs=$(pkg-config --libs sqlite3 libsodium libutf8proc jansson yaml-0.1 libzip expat xlsxwriter)
export flags out
# Only the layers that parse bytes from outside; compiled once for all fuzzers.
find src/base src/db src/form src/vault build/gen/data.c -name '*.c' | xargs -P "$(nproc)" -n 1 sh -c '
    o=$out/$(echo "$0" | tr / _).o
    [ "$o" -nt "$0" ] || clang $flags -c -o "$o" "$0"'
for f in tests/fuzz/fuzz_*.c; do
    name=$(basename "$f" .c)
    # shellcheck disable=SC2086 # flags are meant to split
    clang $flags -fsanitize=fuzzer -o "$out/$name" "$f" $out/src_*.o $out/build_*.o $libs -lm
    mkdir -p "$out/corpus-$name"
    # Seeds in the repository; what is found goes into the first folder.
    seeds=tests/fuzz/corpus/$name
    [ -d "$seeds" ] || seeds=
    "$out/$name" -max_total_time="$1" -timeout=5 -rss_limit_mb=1024 -close_fd_mask=3 \
        "$out/corpus-$name" ${seeds:+"$seeds"} >"$out/$name.log" 2>&1 || {
        tail -n 40 "$out/$name.log"
        echo "$name: found something; the input lies beside the checkout's top as crash-*"
        exit 1
    }
    echo "$name: clean"
done
