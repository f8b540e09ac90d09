#!/bin/sh
# Proves erasing from outside: a legal hold stops it, a ground is needed, one coordinator's word is
# enough where there is only one, the case is gone from the lists and the name is in no file, verify
# counts what was erased; with two coordinators the other one has to approve. And backups in a
# folder: named by the day, the newest whole ones kept, damaged ones not counted.
. "${0%/*}/common.inc"

make_vault en
s() { # command...
    "$B/sprijin" "$@" --lang en --vault "$vault" --passphrase-fd 3 --kdf 19,2 3<"$work/words"
}
play 'the first case' en >"$work/said" <<END
$(unlock en)
$(new_case Zmeoaica Ileana)
let CODE /(K-[0-9A-Z]{5})/
print CODE
key Ctrl-q
exit 0
END
play 'the second case' en >>"$work/said" <<END
$(unlock en)
key Esc
wait "newest change first"
$(new_case Fluture Maria)
expect "M. F."
expect_not "I. Z."
let CODE /(K-[0-9A-Z]{5})/
print CODE
key Ctrl-q
exit 0
END
one=$(sed -n 's/^CODE //p' "$work/said" | head -n 1)
two=$(sed -n 's/^CODE //p' "$work/said" | tail -n 1)
check 'two codes' test -n "$one" -a -n "$two" -a "$one" != "$two"

mkdir "$work/copies"
for i in 1 2 3 4; do
    s backup "$work/copies" --keep 2 --json >/dev/null
    count $? "backup $i into the folder"
    sleep 1.1 # the name has the second
done
check 'two are kept' test "$(ls "$work/copies" | wc -l)" = 2
first=$(ls "$work/copies" | head -n 1)
printf x | dd of="$work/copies/$first" bs=1 seek=3000 conv=notrunc 2>/dev/null
cp "$work/copies/$first" "$work/copies/other.spbk"
s backup "$work/copies" --keep 2 --json >/dev/null
check 'a damaged one and a foreign name are neither counted nor removed' \
    test "$(ls "$work/copies" | wc -l)" = 4
s backup "$work/copies/other.spbk" >/dev/null 2>&1
[ $? -eq 2 ]
count $? 'an existing file is not overwritten'
s backup "$work/copies/other.spbk" --replace >/dev/null
count $? 'unless asked'

s erase --case "$one" >/dev/null 2>&1
[ $? -eq 2 ]
count $? 'a ground is needed'
s hold --case "$one" --reason 'a trial' >/dev/null
count $? 'a legal hold'
s erase --case "$one" --ground 'the term has run out' >/dev/null 2>"$work/errors"
[ $? -eq 1 ] && grep -q 'legal hold' "$work/errors"
count $? 'stops it, in words'
s hold --case "$one" --lift >/dev/null
count $? 'is lifted'
s erase --case "$one" --ground 'the term has run out' >"$work/out"
count $? 'erased'
s erase --case "$one" --ground 'again' >/dev/null 2>&1
[ $? -eq 2 ]
count $? 'there is no such case any more'
s erase --list >"$work/out"
grep -q "$one.*erased: the term has run out" "$work/out"
count $? 'the list tells when and why'
s verify --json >"$work/out"
count $? 'verify is content'
grep -q '"erased":[1-9]' "$work/out"
count $? 'and counts what was erased'
! grep -rqa 'Zmeoaica' "$vault"
count $? 'the name is in no file'
play 'the other case is there, the erased one is not' en <<END
$(unlock en)
expect "$two"
expect_not "$one"
key Ctrl-q
exit 0
END

# A second coordinator, who came by the organisation's sheet.
s backup "$work/second.spbk" >/dev/null
grep -oE '[0-9]+ [a-z]+' "$work/sheets" | awk '{ print $2 }' | head -n 24 | tr '\n' ' ' \
    >"$work/root_sheet"
"$B/sprijin" restore "$work/second.spbk" --vault "$work/second" --lang en --kdf 19,2 --name 'N. N.' \
    --organisation-sheet-fd 4 --passphrase-fd 3 3<"$work/words" 4<"$work/root_sheet" >/dev/null
count $? 'a second coordinator'
vault=$work/second
s erase --case "$two" --ground 'her wish' >"$work/out"
count $? 'asks'
s erase --case "$two" --approve >/dev/null 2>"$work/errors"
[ $? -eq 3 ] && grep -q 'another' "$work/errors"
count $? 'and cannot approve herself'
s erase --list >"$work/out"
grep -q "$two.*asked for: her wish" "$work/out"
count $? 'it is waiting'
s erase --case "$two" --refuse 'a mistake' >/dev/null
count $? 'and is refused'
s verify >/dev/null
count $? 'verify is content'

s retention --json >"$work/out"
count $? 'retention lists'
grep -q '^\[\]' "$work/out"
count $? 'that nothing has run out'
verdict
