#!/bin/sh
# Proves that a form can be tried while it is written: an error made in the file is told beside the
# questions of the form before, a question added to it appears, what was typed stays, and nothing is
# written anywhere.
. "${0%/*}/common.inc"

form=$work/form.yaml
cp tests/fixtures/try/first.yaml "$form"
# Once the screen was saved to a file, another text stands in the form's place, as editors do it.
change_after() { # file, name
    (
        n=0
        while [ ! -s "$1" ] && [ "$n" -lt 600 ]; do
            sleep 0.05
            n=$((n + 1))
        done
        cp "tests/fixtures/try/$2.yaml" "$form.new" && mv "$form.new" "$form"
    ) &
}
change_after "$work/one" broken
change_after "$work/two" second
cat >"$work/script" <<END
wait "Cum vă numiți?"
expect /^ *0 constatări/
type "Ana"
wait "Ana"
save $work/one
wait "integr"
expect /! 1 constatare/
expect "10:27"
expect "Cum vă numiți?"
expect_not "Din ce oraș"
expect "Ana"
key Tab
type "34"
key BackTab
settle
save $work/two
wait "Din ce oraș sunteți?"
expect /^ *0 constatări/
expect "Ana"
expect "34"
key Ctrl-w
wait "probă"
key Ctrl-q
exit 0
END
before=$(find "$work/home" "$work/tmp" | sort)
"$B/pty" "$work/script" -- "$B/sprijin" --vault "$vault" --lang ro form try "$form" </dev/null &
driver=$!
wait "$driver"
count $? 'the finding is shown, the question appears, the answers stay'
driver=
[ "$before" = "$(find "$work/home" "$work/tmp" | sort)" ] && [ ! -e "$vault" ]
count $? 'nothing was written'

cat >"$work/script" <<END
wait "$(tr_ ro '! The form cannot be shown until it has no errors.' | cut -d ' ' -f 1-4)"
key Esc
exit 0
END
"$B/pty" "$work/script" -- "$B/sprijin" --lang ro form try "$work/none.yaml" </dev/null &
driver=$!
wait "$driver"
count $? 'a file that is not there is told'
driver=
"$B/sprijin" form try "$form" </dev/null >/dev/null 2>&1
[ $? -eq 5 ] || [ $? -eq 3 ]
count $? 'without a terminal it says no'
verdict
