#!/bin/sh
# Plants 200 words that occur nowhere else as names and answers, 180 through the records and 20 on
# the screens, and looks for them in every file that was touched: the vault in the middle of work
# (the process is killed, so log and shared memory lie there) and after it, the home, TMPDIR, and
# what is newer than the start in /tmp, /var/tmp, /dev/shm and /run. None may hold one of them in
# any spelling; a file made for the purpose shows that they would be found.
. "${0%/*}/../e2e/common.inc"

touch "$work/start"
canary=$B/canary
"$canary" words 200 >"$work/planted"
head -n 180 "$work/planted" >"$work/by_record"
tail -n 20 "$work/planted" >"$work/by_screen"

# Scripts and pictures of the tests hold the words: they lie outside what is looked through.
look() { # what
    {
        cat "$work/planted"
        echo
        printf '%s\n' "$work/home" "$work/tmp" "$vault"
        find /tmp /var/tmp /dev/shm /run -xdev -path "$work" -prune -o -type f \
            -newer "$work/start" -print 2>/dev/null
    } >"$work/roots"
    "$canary" scan <"$work/roots" >"$work/found"
    count $? "$1: $(tail -n 3 "$work/found" | tr '\n' ' ')"
}

# Where calls can be traced: what is opened for writing is the vault's and the lock of derivations,
# so that nothing was written to a file that is gone again.
tracer=
if strace -qq -o "$work/calls" true 2>/dev/null; then
    tracer="strace -f -qq -o $work/calls -e trace=open,openat,creat"
fi
foreign_files() {
    grep -E 'O_(WRONLY|RDWR|CREAT|TMPFILE)|creat\(' "$work/calls" | grep -v ' = -1 ' |
        sed 's/^[^"]*"\([^"]*\)".*/\1/' | sort -u |
        grep -vE "^($vault/|(/run/lock/)?sprijin-kdf\.lock$|head$|/dev/)" || true
}

make_vault ro
# shellcheck disable=SC2086 # the tracer is several words or none
$tracer "$canary" plant "$vault" tests/fixtures/forms --passphrase-fd 3 3<"$work/words" \
    <"$work/by_record" >"$work/said" 2>&1
check 'planting went to its end' test $? -eq 137
[ -z "$tracer" ] || check 'the database was seen to be opened' \
    grep -qE 'vault\.db".*O_RDWR' "$work/calls"
[ -z "$tracer" ] || check "nothing else was written: $(foreign_files | head -n 3)" test -z "$(foreign_files)"
check 'the log of the database lies there' test -s "$vault/vault.db-wal"
check 'nothing but its end was said' test "$(grep -vc '^Killed$' "$work/said")" = 0
look 'in the middle of work'

word() { sed -n "$1p" "$work/by_screen"; }
{
    unlock ro
    n=1
    while [ $n -le 13 ]; do
        new_case "$(word $n)" "$(word $((n + 1)))"
        cat <<END
key Esc
wait "$(tr_ ro 'Today')"
settle
END
        n=$((n + 2))
    done
    new_case "$(word 15)" "$(word 16)"
    cat <<END
$(identification)
wait "Locul este ferit"
key 2 Tab 2 Tab 2 Tab
settle
key 1 Tab 1 Tab 1 Tab
settle
type "$(word 17) $(word 18) $(word 19) $(word 20)"
expect "$(word 20)"
key F12
expect_not "$(word 20)"
signal KILL
exit 137
END
} >"$work/s"
play 'the screens take their words' ro <"$work/s"
look 'after a killed program'
{
    unlock ro
    cat <<END
key Ctrl-q
exit 0
END
} >"$work/s"
play 'opened and closed again' ro <"$work/s"
look 'after closing'

word 7 | tr '[:lower:]' '[:upper:]' | iconv -t UTF-16LE >"$work/tmp/control"
"$canary" scan <"$work/roots" >"$work/found"
check 'a word that is there is found' grep -q '^1 hits' "$work/found"
check 'verify is content' "$B/sprijin" verify --vault "$vault" --passphrase-fd 3 \
    3<"$work/words" >/dev/null
verdict
