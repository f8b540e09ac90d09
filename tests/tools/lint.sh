#!/bin/sh
# clang-format (layout), clang-tidy and cppcheck (defects) over the sources. Exit 1 on a finding.
set -u
bad=0
all=$(find src include tests -name '*.[ch]' | sort)
# shellcheck disable=SC2086 # lists are meant to split
clang-format --dry-run -Werror $all 2>&1 | head -n 40 | grep . && bad=1
checks='-*,bugprone-*,clang-analyzer-*,cert-err34-c,misc-redundant-expression,misc-unused-parameters,readability-misleading-indentation'
# Turned off, each with its reason: easily-swappable-parameters (names and types already tell),
# reserved-identifier (_GNU_SOURCE), assignment-in-if/narrowing (the compiler's -Wconversion holds),
# DeprecatedOrUnsafeBufferHandling (wants C11 Annex K, which glibc lacks), branch-clone (tables in
# switches), sizeof-expression (arrays of pointers are meant), signal-handler (ours only write to a pipe), macro-parentheses (X-macro lists),
# not-null-terminated-result (texts are joined piece by piece, the last piece brings the end),
# suspicious-missing-comma (long sentences of tables are split over lines inside N_()).
checks="$checks,-bugprone-easily-swappable-parameters,-bugprone-reserved-identifier"
checks="$checks,-bugprone-assignment-in-if-condition,-bugprone-narrowing-conversions"
checks="$checks,-clang-analyzer-security.insecureAPI.DeprecatedOrUnsafeBufferHandling"
checks="$checks,-bugprone-branch-clone,-bugprone-signal-handler,-bugprone-macro-parentheses"
checks="$checks,-bugprone-implicit-widening-of-multiplication-result,-bugprone-suspicious-include"
checks="$checks,-bugprone-sizeof-expression,-bugprone-not-null-terminated-result"
checks="$checks,-bugprone-suspicious-missing-comma"
# valist.Uninitialized is off: 14 calls a list begun by va_start unset when it reads several files.
checks="$checks,-clang-analyzer-valist.Uninitialized"
jobs=$(nproc 2>/dev/null || echo 1)
# shellcheck disable=SC2086
find src -name '*.c' | xargs -P "$jobs" -n 6 sh -c '
    clang-tidy --quiet --warnings-as-errors="*" --checks="$0" "$@" -- -std=c11 $LINTFLAGS 2>&1 |
        grep -E "(warning|error):" ; exit 0' "$checks" >build/tidy.log
[ -s build/tidy.log ] && { sort -u build/tidy.log | head -n 60; bad=1; }
cppcheck --quiet --std=c11 --enable=warning,portability,performance --inline-suppr -j "$jobs" \
    --suppress=missingIncludeSystem --error-exitcode=1 -D_GNU_SOURCE -Iinclude src || bad=1
[ $bad -eq 0 ] && echo "lint: clean"
exit $bad
