#!/bin/sh
# form eval from outside: values with their types, refusals with their column, paths through a
# document, the clock held still, and tables of cases with their tally.
. "${0%/*}/common.inc"

gives() { # wanted with _ for the tab, arguments...
    wanted=$1
    shift
    got=$("$B/sprijin" form eval --lang en "$@" 2>&1 | tr '\t' _)
    [ "$got" = "$wanted" ]
    count $? "form eval $*: $got, not $wanted"
}
gives 'number_3' '1 + 2'
gives 'string_ab' "concat('a', 'b')"
gives 'boolean_true' '2 > 1'
gives 'date_2026-11-23' --now 2026-11-23T12:00 'today()'
gives 'dateTime_2026-11-23T12:00:00.000+02:00' --now 2026-11-23T12:00 --tz Europe/Chisinau 'now()'
gives '{"type":"number","value":"3"}' --json '1 + 2'
gives 'boolean_false' --late '0 and nothing()'

cat >"$work/towns.xml" <<END
<root><item><name>a</name><size>3</size></item><item><name>b</name><size>5</size></item></root>
END
gives 'string_b' --context "$work/towns.xml" '/root/item[size > 3]/name'
gives 'number_8' --context "$work/towns.xml" "sum(instance('towns')/root/item/size)"

"$B/sprijin" form eval --lang en '1 + nothing(2)' >"$work/out" 2>"$work/errors"
[ $? -eq 1 ] && [ ! -s "$work/out" ]
count $? 'an unknown function is refused'
check 'its column is told' grep -q '1:5: .*nothing' "$work/errors"
"$B/sprijin" form eval >"$work/out" 2>&1
[ $? -eq 2 ]
count $? 'without an expression it is a mistake of use'
"$B/sprijin" form eval --now 2026-11-23T25:00 1 >"$work/out" 2>&1
[ $? -eq 2 ]
count $? 'a moment that is none is a mistake of use'
echo '<!DOCTYPE r [<!ENTITY e "x">]><r>&e;</r>' >"$work/bad.xml"
"$B/sprijin" form eval --context "$work/bad.xml" '1' >"$work/out" 2>&1
[ $? -eq 4 ]
count $? 'a document with a type of its own is refused'

printf '#expression\ttype\texpected\tsource\ttz\ttolerance\n' >"$work/cases.tsv"
printf '1 div 3\tnumber\t0.33\tone\t\tround*100\n' >>"$work/cases.tsv"
printf "'a'\tstring\ta\tone\t\t\n" >>"$work/cases.tsv"
printf '1 = 2\tboolean\ttrue\ttwo\t\t\n' >>"$work/cases.tsv"
printf '1 +\tmistake\n' >>"$work/cases.tsv"
"$B/sprijin" form eval --batch "$work/cases.tsv" --json --verbose >"$work/out" 2>"$work/errors"
[ $? -eq 1 ]
count $? 'a table with a failing line says no'
check 'sources are counted' grep -qx '{"passed":2,"source":"one","total":2}' "$work/out"
check 'all are counted' grep -qx '{"passed":3,"source":"total","total":4}' "$work/out"
check 'the failing line is named' grep -q '1 = 2' "$work/errors"
verdict
