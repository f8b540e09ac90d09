#!/bin/sh
# Extracts the texts, merges them into locale/*.po and checks the translations: complete in ro and
# ru, placeholders alike. With --check nothing is written; a difference is an error.
set -eu
pot=build/gen/sprijin.pot
mkdir -p build/gen
extract() {
    find src include -name '*.[ch]' -o -name '*.def' | LC_ALL=C sort |
        xgettext --from-code=UTF-8 --language=C -k -kN_ -kui_tr:2 -kui_trn:2,3 -kcli_tr:2 \
            --add-comments=L10N: --package-name=sprijin --sort-output --no-location \
            -f - -o "$1"
    sed -i '/^"POT-Creation-Date/d' "$1"
}
extract "$pot"
bad=0
for l in ro ru en; do
    if [ "${1-}" = --check ]; then
        msgmerge --quiet --no-fuzzy-matching --sort-output "locale/$l.po" "$pot" -o "build/gen/$l.merged"
        po=build/gen/$l.merged
    else
        msgmerge --quiet --no-fuzzy-matching --sort-output --update --backup=off "locale/$l.po" "$pot"
        po=locale/$l.po
    fi
    msgfmt --check-format --check-header -o /dev/null "$po" || bad=1
    if [ $l != en ]; then
        n=$(msgattrib --untranslated "$po" | grep -c '^msgid' || true)
        fuzzy=$(msgattrib --only-fuzzy "$po" | grep -c '^msgid' || true)
        if [ "$n" -gt 0 ] || [ "$fuzzy" -gt 0 ]; then
            echo "$l: not translated: $n, doubtful: $fuzzy"
            msgattrib --untranslated "$po" | grep '^msgid' | head -n 20
            bad=1
        fi
    fi
    for place in '{0}' '{1}'; do
        msgattrib --translated --no-wrap "$po" | awk -v p="$place" -v l="$l" '
            /^msgid "/ { id = $0 } /^msgstr "/ && $0 != "msgstr \"\"" {
                if ((index(id, p) > 0) != (index($0, p) > 0)) { print l ": " p " differs: " id; bad = 1 } }
            END { exit bad }' || bad=1
    done
done
exit $bad
