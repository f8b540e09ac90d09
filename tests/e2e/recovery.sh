#!/bin/sh
# Proves the drills of docs/recovery.md, each from paper and a backup alone: the passphrase
# forgotten, the paper key tried, the laptop lost (with and without the passphrase), the coordinator
# gone, the database damaged, an older copy of the folder put back. Each time the case is there
# again, verify is content, and what was lost is not used again as if it were there.
. "${0%/*}/common.inc"

make_vault en
count $? 'a vault'
# The printed words of the two keys: the organisation's first, then the member's.
grep -oE '[0-9]+ [a-z]+' "$work/sheets" | awk '{ print $2 }' >"$work/list"
check 'twice 24 words' test "$(wc -l <"$work/list")" = 48
head -n 24 "$work/list" | tr '\n' ' ' >"$work/root_sheet"
tail -n 24 "$work/list" | tr '\n' ' ' >"$work/member_sheet"
printf '%s\n' 'vapor lanterna copac felinar nisip' >"$work/new_words"

play 'a case' en >"$work/said" <<END
$(unlock en)
$(new_case Basm Ileana)
let CODE /(K-[0-9A-Z]{5})/
print CODE
key Ctrl-q
exit 0
END
code=$(sed -n 's/^CODE //p' "$work/said")
check 'its code was read' test -n "$code"

s() { # folder, passphrase file, command...
    dir=$1
    words=$2
    shift 2
    "$B/sprijin" "$@" --lang en --vault "$dir" --passphrase-fd 3 --kdf 19,2 3<"$words"
}
# The case is there, everything verifies, and it can be written to.
lives() { # what, folder, passphrase file
    s "$2" "$3" verify --json >"$work/verified"
    count $? "$1: verify is content"
    # A hold finds the case by its code and writes; a vault without the case could not.
    s "$2" "$3" hold --case "$code" --reason drill >/dev/null && s "$2" "$3" hold --case "$code" \
        --lift >/dev/null
    count $? "$1: the case is there and can be written to"
    s "$2" "$3" verify >/dev/null
    count $? "$1: verify is content afterwards"
}
backup=$work/copy.spbk
s "$vault" "$work/words" backup "$backup" >"$work/out"
count $? 'a backup'
check 'it needs no key to be checked' "$B/sprijin" backup --check "$backup" --lang en >/dev/null
cp -a "$vault" "$work/older"

# The passphrase is forgotten, the laptop is here.
cp -a "$vault" "$work/one"
"$B/sprijin" passwd --vault "$work/one" --lang en --kdf 19,2 --sheet-fd 4 --passphrase-fd 3 \
    3<"$work/new_words" 4<"$work/member_sheet" >/dev/null
count $? 'passphrase forgotten: the sheet sets a new one'
lives 'passphrase forgotten' "$work/one" "$work/new_words"

# The paper key, tried.
"$B/sprijin" verify --vault "$vault" --lang en --sheet-fd 4 4<"$work/member_sheet" >/dev/null
count $? 'paper key: it opens the vault'
"$B/sprijin" verify --vault "$vault" --lang en --sheet-fd 4 4<"$work/root_sheet" >/dev/null 2>&1
[ $? -eq 3 ]
count $? "paper key: the organisation's is another one"

# The laptop is lost, the passphrase is known.
s "$work/two" "$work/words" restore "$backup" >/dev/null
count $? 'laptop lost: restored by the passphrase'
lives 'laptop lost' "$work/two" "$work/words"
s "$work/two" "$work/words" restore "$backup" >/dev/null 2>&1
[ $? -eq 2 ]
count $? 'laptop lost: what is there is not overwritten'
s "$work/never" "$work/new_words" restore "$backup" >/dev/null 2>&1
[ $? -eq 3 ] && [ ! -e "$work/never" ]
count $? 'laptop lost: another passphrase opens nothing and leaves nothing'

# The laptop is lost and the passphrase with it.
"$B/sprijin" restore "$backup" --vault "$work/three" --lang en --kdf 19,2 --member-sheet-fd 4 \
    --passphrase-fd 3 3<"$work/new_words" 4<"$work/member_sheet" >/dev/null
count $? 'laptop and passphrase lost: restored by the sheet'
lives 'laptop and passphrase lost' "$work/three" "$work/new_words"

# The coordinator is gone, and nobody has her passphrase or her sheet.
"$B/sprijin" restore "$backup" --vault "$work/four" --lang en --kdf 19,2 --name 'N. N.' \
    --organisation-sheet-fd 4 --passphrase-fd 3 3<"$work/new_words" 4<"$work/root_sheet" \
    >"$work/sheet"
count $? "coordinator gone: restored by the organisation's sheet"
lives 'coordinator gone' "$work/four" "$work/new_words"
grep -oE '[0-9]+ [a-z]+' "$work/sheet" | awk '{ print $2 }' | tr '\n' ' ' >"$work/new_sheet"
"$B/sprijin" verify --vault "$work/four" --lang en --sheet-fd 4 4<"$work/new_sheet" >/dev/null
count $? 'coordinator gone: the new member key that was printed opens it'
s "$work/four" "$work/new_words" member list >"$work/out"
grep -q 'N. N.' "$work/out" && grep -q 'A. C.' "$work/out"
count $? 'coordinator gone: both are members'

# The database is damaged.
cp -a "$vault" "$work/five"
dd if=/dev/urandom of="$work/five/vault.db" bs=1024 seek=20 count=8 conv=notrunc 2>/dev/null
s "$work/five" "$work/words" verify >/dev/null 2>&1
check 'database damaged: verify tells' test $? -ne 0
mv "$work/five" "$work/five.damaged"
s "$work/five" "$work/words" restore "$backup" >/dev/null
count $? 'database damaged: restored beside'
lives 'database damaged' "$work/five" "$work/words"

# A damaged backup is refused.
cp "$backup" "$work/bad.spbk"
dd if=/dev/urandom of="$work/bad.spbk" bs=1 seek=5000 count=4 conv=notrunc 2>/dev/null
"$B/sprijin" backup --check "$work/bad.spbk" --lang en >/dev/null 2>&1
[ $? -eq 4 ]
count $? 'a damaged backup is told'
s "$work/six" "$work/words" restore "$work/bad.spbk" >/dev/null 2>&1
[ $? -eq 4 ] && [ ! -e "$work/six" ]
count $? 'a damaged backup is not restored'

# An older copy of the database was put back by mistake; the mark beside it is newer.
s "$vault" "$work/words" hold --case "$code" --reason drill >/dev/null
s "$vault" "$work/words" hold --case "$code" --lift >/dev/null
cp "$work/older/vault.db" "$vault/vault.db"
s "$vault" "$work/words" verify --json >"$work/verified"
check 'older copy: verify tells' test $? -eq 1
s "$vault" "$work/words" member devices >"$work/before"
lives_again() {
    s "$vault" "$work/words" hold --case "$code" --reason drill >/dev/null
    count $? 'older copy: it can be written to again'
}
lives_again
s "$vault" "$work/words" member devices >"$work/after"
check 'older copy: a new device writes' test "$(wc -l <"$work/after")" -gt "$(wc -l <"$work/before")"
lives 'older copy' "$vault" "$work/words"
verdict
