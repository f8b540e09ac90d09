#!/bin/sh
# Arrows point down: each file includes faces of its own layer or of lower ones only, and a
# library's header stands in its room alone. Prints each offence; exit 1 if there is one.
cd "$(dirname "$0")/../.." || exit 2
bad=0
level() { # layer -> floor; siblings share one and must not see each other
    case $1 in
    base) echo 1 ;; db | form) echo 2 ;; vault) echo 3 ;; record) echo 4 ;;
    exchange | report) echo 5 ;; ui | cli) echo 6 ;; *) echo 9 ;;
    esac
}
for f in $(find src include -name '*.[ch]' -o -name '*.def' | sort); do
    layer=$(echo "$f" | cut -d/ -f2)
    case $layer in main.c) layer=main ;; esac
    for inc in $(sed -n 's/^#include "\(.*\)"/\1/p' "$f"); do
        to=$(echo "$inc" | cut -d/ -f1)
        case $inc in */*) ;; *) to=$layer ;; esac
        [ "$to" = "$layer" ] && continue
        if [ "$(level "$to")" -ge "$(level "$layer")" ]; then
            echo "$f: includes $inc, which is not below $layer"
            bad=1
        fi
        case $inc in *_int.h) echo "$f: includes $inc, private to its layer"; bad=1 ;; esac
    done
done
room() { # header, allowed path pattern
    hits=$(grep -rlE "#include <$1" src include | grep -vE "$2" || true)
    [ -z "$hits" ] || { echo "$1 is included outside its room: $hits"; bad=1; }
}
room '(n?curses|ncursesw/.*|term)\.h' '^src/ui/term\.c$'
room 'sqlite3\.h' '^src/db/'
room 'sodium' '^src/vault/'
room 'yaml\.h' '^src/form/yaml\.c$'
room 'zip\.h' '^src/form/sheet[a-z_]*\.c$'
room 'xlsxwriter\.h' '^src/form/sheet[a-z_]*\.c$'
room 'expat\.h' '^src/form/(sheet[a-z_]*|xml)\.c$'
room 'jansson\.h' '^src/base/json\.c$'
room 'utf8proc\.h' '^src/base/'
room 'iconv\.h' '^src/base/charset\.c$'
exits=$(grep -rnE '(^|[^_[:alnum:]])(exit|abort)\(' src --include='*.c' |
    grep -vE '^src/(main|base/err)\.c:' || true)
[ -z "$exits" ] || { echo "exit or abort outside main.c and the assert hook: $exits"; bad=1; }
exit $bad
