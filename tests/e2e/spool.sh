#!/bin/sh
# Proves with three accounts and real rights: through one sticky, group-writable folder all learn of
# all; nobody changes, cuts, moves or deletes what another put there; a stream that may not be read
# is refused in words and taken once it may; a folder without the sticky bit is refused; who is not
# of the group does not even see the names.
. "${0%/*}/common.inc"

if [ "$(id -u)" -ne 0 ] || ! command -v setpriv >/dev/null; then
    echo 'skipped: three accounts on one spool (needs root and setpriv)'
    verdict
fi
group=61000
chmod 711 "$work"
mkdir -m 755 "$work/bin" "$work/forms"
cp "$B/sprijin" "$work/bin/"
cp -R forms/. "$work/forms/"
chmod -R a+rX "$work/bin" "$work/forms"
spool=$work/spool
mkdir "$spool"
chown 0:$group "$spool"
chmod 3770 "$spool"
for n in 1 2 3; do
    mkdir -m 700 "$work/h$n"
    chown $((group + n)):$group "$work/h$n"
done

by() { # account, command...
    who=$1
    shift
    setpriv --reuid=$((group + who)) --regid=$group --clear-groups -- env HOME="$work/h$who" "$@"
}
as() { # account, words of the program...
    account=$1
    shift
    by "$account" "$work/bin/sprijin" "$@" --lang ro --kdf 19,2 --forms "$work/forms" \
        --vault "$work/h$account/vault" --passphrase-fd 3 3<"$work/words" </dev/null \
        >"$work/said" 2>"$work/complained"
}
hand() { # from, file, to: as a stick would
    cp "$work/h$1/$2" "$work/h$3/$2"
    chown $((group + $3)):$group "$work/h$3/$2"
}
said() {
    grep -qF -- "$1" "$work/said"
}
stream_of() { # account
    find "$spool" -name '*.spr' -user $((group + $1))
}
refused() { # what, account, command...
    what=$1
    shift
    by "$@" >/dev/null 2>&1 </dev/null
    test $? -ne 0
    count $? "$what"
}

check 'the first account has a vault' as 1 init --name 'A. C.'
for n in 2 3; do
    check "account $n asks" as $n join --name "M. $n." -o "$work/h$n/request$n"
    hand $n request$n 1
    check "account $n is accepted" as 1 member add "$work/h1/request$n" --role lawyer \
        -o "$work/h1/welcome$n"
    hand 1 welcome$n $n
    check "account $n is in" as $n join --finish "$work/h$n/welcome$n"
done
for n in 1 2 3 2; do
    as $n sync --spool "$spool"
    count $? "account $n exchanges: $(head -n 2 "$work/complained")"
done
as 2 member list
check 'the second learnt of the third' said 'M. 3.'
for n in 1 2 3; do
    check "one stream of account $n" test "$(stream_of $n | wc -l)" = 1
    check 'the group reads it, nobody else writes it' test \
        "$(stat -c %a:%g "$(stream_of $n)")" = 640:$group
done
first=$(stream_of 1)
sum=$(cksum <"$first")
refused 'nobody appends to it' 2 sh -c "echo x >>'$first'"
refused 'nobody cuts it' 2 truncate -s 1 "$first"
refused 'nobody deletes it' 2 rm -f "$first"
refused 'nobody moves it away' 3 mv "$first" "$spool/x"
refused 'nobody puts another in its place' 3 mv "$work/h3/welcome3" "$first"
refused 'nobody changes its rights' 3 chmod 666 "$first"
check 'it is as it was' test "$(cksum <"$first")" = "$sum"
setpriv --reuid=61099 --regid=61099 --clear-groups ls "$spool" >/dev/null 2>&1
check 'an outsider does not see the names' test $? -ne 0

by 1 chmod 600 "$first"
as 2 sync
check 'a stream that may not be read is no success' test $? -eq 4
check 'and is told in words' said "$(tr_ ro 'streams that you may not read'): 1"
by 1 chmod 640 "$first"
as 2 sync
check 'once it may be, all is well' test $? -eq 0
mkdir -m 777 "$work/open"
as 3 sync --spool "$work/open"
check 'a folder without the sticky bit is refused' test $? -eq 3
check 'the spool stays remembered' as 3 sync
cat >"$work/script" <<END
limit 30
wait "$(tr_ ro 'Passphrase')"
type "$words\n"
wait "$(tr_ ro 'Cases')"
settle
key F10
settle
type e
wait "$(tr_ ro 'Nothing was refused.')"
run "chmod 600 $first"
key x
wait "$(tr_ ro '! Not readable: %zu streams. Their owner has to let the group read them.' |
    sed 's/%zu.*/1/')"
run "chmod 640 $first"
key x
wait "$(tr_ ro 'Nothing was refused.')"
key Ctrl-q
exit 0
END
"$B/pty" "$work/script" -- setpriv --reuid=$((group + 2)) --regid=$group --clear-groups -- \
    env HOME="$work/h2" "$work/bin/sprijin" --lang ro --kdf 19,2 --forms "$work/forms" \
    --vault "$work/h2/vault" </dev/null >"$work/played" 2>&1
count $? "the same on the screen: $(tail -n 30 "$work/played")"
for n in 1 2 3; do
    check "the log of account $n is whole" as $n verify
done
verdict
