#!/bin/sh
# Writes a C file with the catalogues, word lists and SQL as constant bytes. $1: folder of the .mo.
set -eu
bytes() { od -An -v -tx1 "$1" | sed 's/ \([0-9a-f][0-9a-f]\)/0x\1,/g'; }
echo '#include <stddef.h>'
for l in ro ru en; do
    echo "extern const unsigned char locale_${l}_mo[]; extern const size_t locale_${l}_mo_len;"
    echo "const unsigned char locale_${l}_mo[] __attribute__((aligned(8))) = {"
    bytes "$1/$l.mo"
    echo "0}; const size_t locale_${l}_mo_len = sizeof locale_${l}_mo - 1;"
    echo "extern const char words_$l[]; const char words_$l[] = {"
    bytes "locale/words/$l.txt"
    echo '0};'
done
echo 'extern const char vault_log_sql[]; const char vault_log_sql[] = {'
bytes src/vault/log.sql
echo '0};'
echo 'extern const char record_projection_sql[]; const char record_projection_sql[] = {'
bytes src/record/projection.sql
echo '0};'
