#!/bin/sh
# Writes the list of all unit suites: tests/unit/base/str_test.c has base_str_suite().
echo '#include <check.h>'
echo '#include <stddef.h>'
names=$(for f in "$@"; do echo "$f" | sed 's|^tests/unit/||; s|_test\.c$||; s|/|_|g'; done)
for n in $names; do echo "Suite *${n}_suite(void);"; done
echo 'extern Suite *(*const all_suites[])(void);'
echo 'Suite *(*const all_suites[])(void) = {'
for n in $names; do echo "    ${n}_suite,"; done
echo '    NULL};'
