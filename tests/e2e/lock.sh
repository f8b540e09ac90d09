#!/bin/sh
# Proves that locking leaves nothing behind: the program that shows the door after a lock is the same
# process in a fresh address space, in which neither a key nor one of 200 planted names and answers
# is found, in any form; no file of the vault is open; the terminal never went back to the shell;
# what was typed after the key that locks is not lost; and the passphrase leads back to the very
# picture. Also with the program's file gone, and hidden without a code. And that a new process which
# may not open the vault leaves a sane terminal; that without a new process memory is wiped in place;
# and that the passphrase, pasted, is found nowhere even while the vault is open.
. "${0%/*}/common.inc"

make_vault ro
door=$(tr_ ro 'Passphrase')
awk 'BEGIN { s = 4242; for (i = 0; i < 200; i++) { w = "qzș"
    for (j = 0; j < 7; j++) { s = (s * 16807) % 2147483647
        w = w substr("abcdefghijklmnopqrstuvwxyz", s % 26 + 1, 1) } print w } }' >"$work/canaries"
words_of() { # from, to
    sed -n "$1,$2p" "$work/canaries" | tr '\n' ' ' | sed 's/ $//'
}
one_case() { # number of the first canary: three names, 47 in an answer
    cat <<END
key n
settle
type "$(words_of "$1" "$1")\n$(words_of $(($1 + 1)) $(($1 + 1)))\n$(words_of $(($1 + 2)) $(($1 + 2)))\n\n"
settle
key Enter
settle
key F9
settle
key End Enter
settle
key Tab
settle
type "$(words_of $(($1 + 3)) $(($1 + 49)))"
settle
END
}
scan="$B/memscan $vault $work/canaries \$PID 3<$work/words"
play_lock() { # what, program
    what=$1
    cat >"$work/script"
    "$B/pty" "$work/script" -- "$2" --vault "$vault" --lang ro --kdf 19,2 \
        --forms tests/fixtures/forms </dev/null &
    driver=$!
    wait "$driver"
    count $? "$what"
    driver=
}
can_look=yes
[ "$(id -u)" = 0 ] || can_look=no
# The address sanitizer keeps what was freed, and maps more than can be read.
! grep -qa __asan_init "$B/sprijin" || can_look=no
look() { # words that shall hold, of the output in $work/seen
    [ $can_look = yes ] && echo "run \"$scan >$work/seen && $1\""
}
# but for the word "saved" in the head line
same="tail -n +2 $work/before >$work/b; tail -n +2 $work/after | cmp - $work/b"
nothing="grep -qx 'keys 0 of 9' $work/seen && grep -qx 'words 0 of 200' $work/seen"
{
    unlock ro
    for first in 1 51 101 151; do
        one_case "$first"
        [ $first = 151 ] || printf 'key F5\nsettle\nkey Esc\nsettle\n'
    done
    printf 'key F1\nsettle\nkey F1\nsettle\n'
    look "grep -q 'found master-key' $work/seen && ! grep -qx 'words 0 of 200' $work/seen"
    cat <<END
save $work/before
log $work/raw
key Ctrl-k
wait "$door"
expect_not "qzș"
END
    look "$nothing"
    cat <<END
run "tr '\\\\0' ' ' </proc/\$PID/cmdline | grep -q 'sprijin --vault $vault .*--locked s'"
run "! ls -l /proc/\$PID/fd | grep -q '$vault/'"
run "tr '\\\\0' '\\\\n' </proc/\$PID/environ | cut -d = -f 1 | sort >$work/env"
paste "$words"
key Enter
wait "qzș"
END
    [ $can_look = no ] || echo "run \"$B/memscan $vault $work/words \$PID 3<$work/words >$work/seen && grep -qx 'words 0 of 1' $work/seen\""
    cat <<END
key F1
settle
key F1
settle
save $work/after
run "$same"
log $work/raw2
key Ctrl-q
exit 0
END
} >"$work/s"
play_lock 'nothing of keys and words after a lock, and the same picture again' "$B/sprijin" <"$work/s"
[ $can_look = yes ] || echo 'skipped: memory is only read by root, and not under the address sanitizer'
check 'between lock and door the terminal stayed ours' sh -c \
    "! grep -q '\[?1049l' '$work/raw'"
check 'only the few variables are kept' sh -c \
    "! grep -vxE 'TERM|TZ|LANG|LC_ALL|LC_CTYPE|LC_MESSAGES|HOME|XDG_DATA_HOME|COLORTERM|SSH_TTY|XDG_RUNTIME_DIR' '$work/env'"

cp "$B/sprijin" "$work/program"
{
    unlock ro
    cat <<END
wait "qzș"
run "rm $work/program"
key Ctrl-k
wait "$door"
END
    look "$nothing"
    cat <<END
type "$words\n"
wait "qzș"
key F1
settle
key F1
settle
save $work/after
run "$same"
raw 0b$(printf '%s\n' "$words" | od -An -v -tx1 | tr -d ' \n')
wait "qzș"
key F1
settle
key F1
settle
save $work/after
run "$same"
key F12
expect_not /[[:alpha:]]/
key Ctrl-q
expect_not /[[:alpha:]]/
key Enter
signal TERM
limit 1
exit any
END
} >"$work/s"
play_lock 'with the program file gone, and typed at once after the key that locks' "$work/program" \
    <"$work/s"

cp "$B/sprijin" "$work/program"
{
    unlock ro
    cat <<END
wait "qzș"
run "chmod 644 $work/program"
key Ctrl-k
wait "$door"
expect_not "qzș"
END
    look "$nothing"
    cat <<END
type "$words\n"
wait "qzș"
key F10
settle
type i
expect "$(tr_ ro '! wiped in place, no new process')"
key Ctrl-q
exit 0
END
} >"$work/s"
play_lock 'where no new process can be, memory is wiped in place and About says so' \
    "$work/program" <"$work/s"

{
    unlock ro
    cat <<END
run "chmod 755 $vault"
log $work/raw3
key Ctrl-k
exit 3
END
} >"$work/s"
play_lock 'a new process that may not open the vault ends in words' "$B/sprijin" <"$work/s"
check 'and gives the terminal back' grep -q '\[?1049l' "$work/raw3"
chmod 700 "$vault"

cat >"$work/shell" <<END
#!/bin/sh
"$B/sprijin" "\$@"
stty -a | tr ' ' '\n' | grep -xE -- '-?(icanon|echo|isig|icrnl|opost)' | tr '\n' ' '
END
chmod +x "$work/shell"
{
    unlock ro
    cat <<END
key Ctrl-k
wait "$door"
type "$words\n"
wait "qzș"
key Ctrl-q
wait /^(icrnl|opost|isig|icanon|echo| )+$/
exit any
END
} >"$work/s"
play_lock 'after a lock too the terminal ends as it was' "$work/shell" <"$work/s"
verdict
