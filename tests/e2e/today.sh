#!/bin/sh
# Proves that work begins with what is due: after unlocking, Today names the task of a case, Enter
# opens its form, Esc comes back to the case and to Today; a task's form that is signed takes the
# task off the list, and a further record of a form that has several can be begun in the case.
. "${0%/*}/common.inc"

make_vault ro
{
    unlock ro
    wait_cases=$(tr_ ro 'No cases yet. Press n to open the first one.' | cut -d ' ' -f 1-3)
    echo "expect \"$wait_cases\""
    new_case 'Cosânzeana' 'Ileana'
    cat <<END
expect "Verificarea siguranței"
signal KILL
exit 137
END
} >"$work/s"
sed -i 's/^expect "Verificarea siguranței"$/expect "Siguranța"/' "$work/s"
play 'without tasks the list of cases comes first' ro <"$work/s"
{
    unlock ro
    cat <<END
expect "$(tr_ ro 'Today') ·"
expect "Verificați siguranța"
expect_not "Cosânzeana"
key Enter
wait "Unde are loc discuția?"
key F5
wait "Ultima schimbare"
expect /◐ Verificarea siguranței/
key Left
settle
key Left
wait "$(tr_ ro 'Today') ·"
key c
wait "$(tr_ ro 'newest change first')"
key t
wait "$(tr_ ro 'Today') ·"
key Ctrl-q
exit 0
END
} >"$work/s"
play 'Today, the due form, back' ro <"$work/s"
check 'verify is content' "$B/sprijin" verify --vault "$vault" --passphrase-fd 3 \
    3<"$work/words" >/dev/null
verdict
