#!/bin/sh
# Proves that a full disk costs no answer: on a tiny file system that is filled up the save fails,
# the form stays open with the answer in it and the head says that it is not saved; after room is
# made Ctrl-S saves it, and a new process finds it. Needs root for the file system; else it says so.
. "${0%/*}/common.inc"

disk=$work/disk
at_end() {
    umount "$disk" 2>/dev/null
}
mkdir "$disk"
if [ "$(id -u)" -ne 0 ] || ! mount -t tmpfs -o size=1m tmpfs "$disk" 2>/dev/null; then
    echo 'skipped: a file system of one megabyte cannot be mounted here'
    verdict
fi
vault=$disk/vault
make_vault ro
{
    unlock ro
    new_case 'Cosânzeana' 'Ileana'
    cat <<END
$(identification)
wait "Locul este ferit"
key 2 Tab
wait "$(tr_ ro '✓ saved')"
print FULL
wait "("
settle
until "$(tr_ ro '! not saved')" 60
  key 1
  settle
  key 2
  sleep 40
end
expect "Locul este ferit"
expect /\([0-9•*x]\) Nu/
save $work/full
print ROOM
until "$(tr_ ro '✓ saved')" 60
  sleep 40
  key Ctrl-s
end
key Ctrl-q
exit 0
END
} >"$work/s"
# What happens outside meanwhile: the disk fills up, and room is made, at the two marks.
fill_and_free() {
    while read -r mark rest; do
        case $mark in
        FULL) dd if=/dev/zero of="$disk/fill" bs=4096 2>/dev/null ;;
        ROOM) rm -f "$disk/fill" ;;
        esac
    done
}
mkfifo "$work/marks"
fill_and_free <"$work/marks" &
filler=$!
play 'a full disk: nothing lost, said, saved later' ro <"$work/s" >"$work/marks"
wait "$filler"
check 'the screen said why' grep -q "$(tr_ ro '! not saved')" "$work/full"
{
    unlock ro
    cat <<END
if_not "Locul este ferit"
$(first_case)
$(identification)
end
wait "Locul este ferit"
expect "(•) Nu"
key Ctrl-q
exit 0
END
} >"$work/s"
play 'the answers are there' ro <"$work/s"
check 'verify is content' "$B/sprijin" verify --vault "$vault" --passphrase-fd 3 \
    3<"$work/words" >/dev/null
verdict
