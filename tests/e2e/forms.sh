#!/bin/sh
# Proves that the shipped forms are free of errors; that every broken form of the fixtures is
# refused with the finding, line and column that its first line names (a warning is named too, but
# lets the form pass); and that the interview engine fills the identification form from a file of
# answers, completely and to exactly the expected record.
. "${0%/*}/common.inc"

"$B/sprijin" form check forms/*.yaml >"$work/out" 2>&1
count $? "the shipped forms have no error: $(head -n 3 "$work/out")"

for form in tests/fixtures/broken/*.yaml; do
    read -r wanted <"$form"
    wanted=${wanted#\# expect: }
    "$B/sprijin" form check "$form" --json >"$work/out" 2>/dev/null
    code=$?
    name=${wanted% *}
    place=${wanted#* }
    found=$(cat "$work/out")
    line=
    case $found in
    *"\"column\":${place#*:},"*"\"finding\":\"$name\""*"\"line\":${place%:*},"*) line=$found ;;
    esac
    case $line in
    '') right=-1 ;;
    *'"severity":"error"'*) right=1 ;;
    *) right=0 ;;
    esac
    [ "$code" -eq "$right" ]
    count $? "$form: exit $code, wanted $wanted, got $found"
done

"$B/sprijin" form fill forms/identification.yaml --answers tests/fixtures/interview.json \
    >"$work/filled" 2>"$work/errors"
count $? "form fill: $(head -n 3 "$work/errors")"
check 'the interview is complete' grep -q '"complete": true' "$work/filled"
# The age goes by today's date, the hash by the wording of the form.
for record in tests/fixtures/interview.expected.json "$work/filled"; do
    sed -e '/^ *"age_years":/d' -e '/^ *"hash":/d' "$record" >"$work/${record##*/}.steady"
done
check 'the record is the expected one' diff "$work/interview.expected.json.steady" \
    "$work/filled.steady"
verdict
