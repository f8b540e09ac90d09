#!/bin/sh
# Measures what was built in $1 and prints a table: what, measured, target, ok or over. Saving is
# timed by build/bench in ratios to a bare SQLite on the same disk ($2, a folder, is made); start
# and traffic to the terminal are taken from the program itself behind a pseudo-terminal. Always
# ends with 0: a machine under load measures its load.
set -u
B=$1
data=${2:-$B/bench-data}
mkdir -p "$B" && B=$(cd "$B" && pwd) || exit 0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 0' INT TERM HUP
mkdir "$work/home" "$work/run"
export HOME="$work/home" XDG_RUNTIME_DIR="$work/run" LANG=C.UTF-8 TERM=xterm-256color
unset LC_ALL LC_CTYPE LC_MESSAGES LINES COLUMNS
tab=$(printf '\t')

# Numbers, one a line, on standard input: "middle largest".
spread() {
    sort -n | awk '{ v[NR] = $1 } END { if (NR > 0) print v[int((NR + 1) / 2)], v[NR] }'
}
# what, value, unit, target; a value that could not be had is left empty.
line() {
    printf '%s\t%s\t%s\t%s\n' "$1" "$2" "$3" "$4"
}
play() { # driver options, the script on standard input
    "$B/pty" "$@" 2>"$work/why" || { sed 's/^/# /' "$work/why" >&2; return 1; }
}

start() { # processor time of the process from exec until the unlock screen stands still
    echo 'alfa beta gama delta epsilon' >"$work/words"
    "$B/sprijin" init --lang en --vault "$work/vault" --kdf 19,2 --name 'A. C.' \
        --passphrase-fd 3 3<"$work/words" >/dev/null || return
    echo 'wait "Passphrase"' >"$work/unlock"
    for _ in 1 2 3 4 5 6 7 8 9; do
        play --cpu "$work/unlock" -- "$B/sprijin" --lang en --vault "$work/vault"
    done | sed -n 's/^cpu_ms //p' | spread >"$work/start"
    read -r middle most <"$work/start" || middle='' most=''
    line 'start to the unlock screen: CPU, median of 9' "$middle" ms 50
    line 'start to the unlock screen: CPU, most' "$most" ms 0
}

traffic() { # in a half filled interview of the demonstration, two languages on the screen
    {
        cat <<'END'
limit 20
wait "A. C."
settle
until /› K-[^\n]*◐/ 30
  key Down
end
key Enter
settle
key Enter
until "The place (1/2)" 20
  key PgUp
  settle
end
until "Name (1/5)" 20
  key PgDn
  settle
end
count_bytes before
END
        for letter in a b c d e f g h i j k l; do
            printf 'type "%s"\ncount_bytes letter\n' "$letter"
        done
        cat <<'END'
key Ctrl-u
settle
until "The place (1/2)" 20
  key PgUp
  settle
end
count_bytes before
repeat 16
  key PgDn
  count_bytes group
end
key Ctrl-q
exit any
END
    } >"$work/walk"
    play "$work/walk" -- "$B/sprijin" demo --lang en >"$work/bytes"
    for what in letter group; do
        sed -n "s/^$what //p" "$work/bytes" | spread >"$work/spread"
        read -r middle most <"$work/spread" || middle='' most=''
        target=12 name='bytes to the terminal, a typed letter'
        [ $what = letter ] || target=1500 name='bytes to the terminal, the next group'
        line "$name, median" "$middle" bytes $target
        line "$name, most" "$most" bytes 0
    done
}

forms() { # the form engine on generated forms; each in a process of its own, for its memory
    for n in 100 500 1000; do
        for shape in sparse dense fan; do
            "$B/bench-forms" $n $shape >"$work/forms" || continue
            while IFS=$tab read -r row value; do
                case $row in
                load_ms) line "form of $n questions, $shape: load" "$value" ms 20 ;;
                answer_mean_ms) line "form of $n, $shape: one answer, mean" "$value" ms 0.05 ;;
                answer_p99_ms) line "form of $n, $shape: one answer, p99" "$value" ms 0.5 ;;
                fan_out_ms) line "form of $n, $shape: first answer changes" "$value" ms 1 ;;
                peak_mib) line "form of $n, $shape: peak memory" "$value" MiB 20 ;;
                esac
            done <"$work/forms"
        done
    done
}

many() { # a vault with BENCH_CASES cases, on the disk where saving was timed; minutes to make
    cases=${BENCH_CASES:-20000}
    mkdir -p "$data" || return
    for n in "$cases" 3; do
        "$B/sprijin" demo --lang en --cases "$n" --vault "$data/many-$n" --no-open \
            --passphrase-fd 3 3<"$work/words" >/dev/null || return
    done
    "$B/bench-many" "$data/many-$cases" forms "$data/many-3" <"$work/words" ||
        echo '# a vault with many cases was not measured'
    rm -rf "$data/many-$cases" "$data/many-3"
}

table() {
    awk -F "$tab" '
        /^#/ { print substr($0, 3); next }
        !head { printf "%-48s %10s       %8s\n", "what", "measured", "target"; head = 1 }
        {
            digits = $3 == "x" || ($3 == "ms" && $2 != int($2)) ? ($2 < 0.1 ? 4 : 2) : 0
            value = $2 == "" ? "-" : sprintf("%.*f", digits, $2)
            target = $4 > 0 ? "<= " $4 : ""
            verdict = $4 == 0 ? "" : $2 == "" ? "not measured" : $2 + 0 <= $4 + 0 ? "ok" : "over"
            printf "%-48s %10s %-5s %8s  %s\n", $1, value, $3, target, verdict
        }'
}

{
    "$B/bench" "$data" forms || echo '# saving was not measured'
    start
    traffic
    forms
    many
} | table
rmdir "$data" 2>/dev/null
exit 0
