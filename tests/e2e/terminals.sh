#!/bin/sh
# Proves that two terminals of one person may work in the same vault at once: each says so, what one
# writes the other shows without a key being pressed, an answer too; a terminal that is closed is no
# longer counted, and neither is one that is locked.
. "${0%/*}/common.inc"

make_vault ro
twice=$(tr_ ro '(open twice)')
# Waits for the other script to come to a mark.
meet() { echo "run \"touch $work/at-$1; timeout 20 sh -c 'until test -e $work/at-$2; do sleep 0.02; done'\""; }
start() { # script
    "$B/pty" "$1" -- "$B/sprijin" --vault "$vault" --lang ro --kdf 19,2 </dev/null &
}
{
    unlock ro
    echo "expect_not \"$twice\""
    meet a1 b1
    echo "wait \"$twice\""
    meet a2 b2
    echo 'wait /K-[0-9A-Z]{5} +I. C/'
    cat <<END
key Enter
settle
$(identification)
wait "Locul este ferit"
expect_not "(•)"
END
    meet a3 b3
    echo 'wait "(•) Nu"'
    meet a4 b4
    echo "wait_gone \"$twice\""
    meet a5 b5
    echo "wait \"$twice\""
    meet a6 b6
    cat <<END
wait_gone "$twice"
key Ctrl-q
exit 0
END
} >"$work/first"
{
    unlock ro
    meet b1 a1
    echo "wait \"$twice\""
    meet b2 a2
    new_case 'Cosânzeana' 'Ileana'
    cat <<END
$(identification)
wait "Locul este ferit"
END
    meet b3 a3
    echo 'key 2 Tab'
    echo settle
    meet b4 a4
    cat <<END
key Ctrl-k
wait "$(tr_ ro 'Passphrase')"
END
    meet b5 a5
    cat <<END
type "$words\n"
wait "$twice"
END
    meet b6 a6
    echo 'key Ctrl-q'
    echo 'exit 0'
} >"$work/second"
start "$work/first"
first=$!
driver=$first
start "$work/second"
second=$!
wait "$second"
count $? 'the terminal that writes'
wait "$first"
count $? 'the terminal that looks on'
driver=
check 'verify is content' "$B/sprijin" verify --vault "$vault" --passphrase-fd 3 \
    3<"$work/words" >/dev/null
verdict
