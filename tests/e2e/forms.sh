#!/bin/sh
# Proves that the shipped forms are free of errors and warnings, and that each is completed by its
# file of answers; that every broken form of the fixtures is refused with the finding, line and
# column that its first line names (a warning is named too, but lets the form pass); and that the
# interview engine fills the identification form to exactly the expected record. Then a script that
# adds, moves and deletes rows, and one that does not hold; and a record that goes over to a newer
# form.
. "${0%/*}/common.inc"

# A form says "form:"; the other files are data.
"$B/sprijin" form check forms/*.yaml >"$work/out" 2>&1
[ $? -eq 0 ] && [ ! -s "$work/out" ]
count $? "the shipped forms have neither error nor warning: $(head -n 3 "$work/out")"

# What the forms promise, step by step: levels, doors that stay shut, defaults, what is demanded.
for steps in tests/fixtures/forms-steps/*.json; do
    name=${steps##*/}
    "$B/sprijin" form fill "forms/${name%.json}.yaml" --answers "$steps" --lang en \
        >"$work/filled" 2>"$work/errors"
    count $? "$steps: $(head -n 3 "$work/errors")"
done

# Every form has answers of an invented person that complete it, and every answer is asked for.
for form in $(grep -l '^form: ' forms/*.yaml); do
    name=${form##*/}
    answers=tests/fixtures/forms-filled/${name%.yaml}.json
    [ "$name" = identification.yaml ] && answers=tests/fixtures/interview.json
    "$B/sprijin" form fill "forms/$name" --answers "$answers" >"$work/filled" \
        2>"$work/errors" && grep -q '"complete": true' "$work/filled" &&
        grep -q '"irrelevant": {}' "$work/filled"
    count $? "$answers completes $name: $(head -n 3 "$work/errors")"
done

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

cat >"$work/rows.yaml" <<'FORM'
form: rows
title: {en: Rows}
version: 1
survey:
  - repeat: children
    label: {en: Child}
    survey:
      - {name: age, type: integer, label: {en: Age}, constraint: ". < 18"}
  - {name: total, type: calculate, calculation: "sum(${age})"}
FORM
cat >"$work/steps.json" <<'STEPS'
[{"set": "children[1]/age", "value": 5}, {"add": "children"},
 {"set": "children[2]/age", "value": 40, "problem": "constraint"},
 {"expect": "total", "value": 45}, {"move": "children[2]", "before": 1},
 {"delete": "children[1]"}, {"expect": "total", "value": 5}, {"complete": true}]
STEPS
"$B/sprijin" form fill "$work/rows.yaml" --answers "$work/steps.json" >"$work/filled" \
    2>"$work/errors"
count $? "a script of rows: $(head -n 3 "$work/errors")"
check 'its rows are a list' grep -q '"children": \[' "$work/filled"

cat >"$work/scaled.yaml" <<'FORM'
form: scaled
title: {en: Scaled}
version: 1
scales:
  risk:
    - {level: low, from: 0}
    - {level: high, from: 4}
indicators:
  dimensions: [means]
  rule:
    - {strong: 1}
choices:
  yes_no:
    - {name: yes, label: {en: Yes}}
    - {name: no, label: {en: No}}
survey:
  - {name: a, type: select_one yes_no, label: {en: A}, weight: {risk: {yes: 3}}, indicator: means strong}
  - {name: b, type: text, label: {en: B}, weight: {scale: risk, points: 2}}
FORM
echo '{"a": "yes", "b": "x"}' >"$work/scaled.json"
"$B/sprijin" form fill "$work/scaled.yaml" --answers "$work/scaled.json" 2>"$work/errors" |
    tr -d ' \n' >"$work/filled"
why='"why":[{"key":"a","points":3.0,"value":"yes"},{"key":"b","points":2.0,"value":"x"}]'
check 'a scale says its level and why' grep -qF "\"level\":\"high\",\"open\":0,\"points\":5.0,$why" \
    "$work/filled"
check 'a dimension says what it rests on' grep -qF '"positive":true,"strong":1,"weak":0,"why":["a"]' \
    "$work/filled"

sed 's/"value": 45/"value": 46/' "$work/steps.json" >"$work/wrong.json"
"$B/sprijin" form fill "$work/rows.yaml" --answers "$work/wrong.json" --lang en >"$work/out" \
    2>"$work/errors"
[ $? -eq 1 ] && grep -q 'step 4 does not hold: value: "45", not "46"' "$work/errors"
count $? "the step that does not hold is named: $(head -n 3 "$work/errors")"

cp -r forms "$work/forms"
echo 'long enough words for a test' >"$work/pass"
"$B/sprijin" demo --no-open --cases 3 --vault "$work/vault" --forms "$work/forms" \
    --passphrase-fd 3 3<"$work/pass" >"$work/out" 2>"$work/errors"
count $? "a vault with cases: $(head -n 3 "$work/errors")"
move() {
    "$B/sprijin" form move --vault "$work/vault" --forms "$work/forms" --lang en \
        --case "$1" $2 --passphrase-fd 3 3<"$work/pass" >"$work/out" 2>"$work/errors"
}
move K-0000 --dry-run
[ $? -eq 2 ]
count $? "a code that is none is a mistake of usage: $(head -n 3 "$work/errors")"
verdict
