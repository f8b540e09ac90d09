#!/bin/sh
# Installs what is missing for the named purposes (run, check, lint), or says what to install.
# pkg-config is asked first, so a machine that has everything needs no network and no rights.
set -u
need=
lib() { pkg-config --exists "$1" 2>/dev/null || need="$need $2"; }
tool() { command -v "$1" >/dev/null 2>&1 || need="$need $2"; }
for purpose in "$@"; do
    case $purpose in
    run)
        tool pkg-config pkg-config
        command -v cc >/dev/null 2>&1 || need="$need gcc libc6-dev"
        command -v cc >/dev/null 2>&1 && { echo '#include <stdlib.h>' | cc -E - >/dev/null 2>&1 ||
            need="$need libc6-dev"; }
        tool msgfmt gettext
        lib ncursesw libncurses-dev
        lib sqlite3 libsqlite3-dev
        lib libsodium libsodium-dev
        lib libutf8proc libutf8proc-dev
        lib jansson libjansson-dev
        lib yaml-0.1 libyaml-dev
        lib libzip libzip-dev
        lib expat libexpat1-dev
        lib xlsxwriter libxlsxwriter-dev
        ;;
    check)
        lib check check
        lib vterm libvterm-dev
        ;;
    lint)
        tool clang-format clang-format
        tool clang-tidy clang-tidy
        tool cppcheck cppcheck
        ;;
    fuzz)
        tool clang clang
        ls /usr/lib/clang/*/lib/linux/libclang_rt.fuzzer-*.a >/dev/null 2>&1 ||
            ls /usr/lib/llvm-*/lib/clang/*/lib/linux/libclang_rt.fuzzer-*.a >/dev/null 2>&1 ||
            need="$need libclang-rt-dev"
        ;;
    esac
done
[ -z "$need" ] && exit 0
# The names above are Debian's; without pkg-config every library counts as missing at first.
if command -v apt-get >/dev/null 2>&1; then
    sudo=
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null 2>&1 || { echo "Please install as root:$need" >&2; exit 1; }
        sudo=sudo
    fi
    echo "Installing:$need"
    export DEBIAN_FRONTEND=noninteractive
    # shellcheck disable=SC2086 # the list is meant to split
    $sudo apt-get install -y -q --no-install-recommends $need >/dev/null 2>&1 && exit 0
    # shellcheck disable=SC2086
    $sudo apt-get update -q && $sudo apt-get install -y -q --no-install-recommends $need && exit 0
fi
cat >&2 <<END
These are missing (Debian's names):$need
Please install them with this system's package manager, then run the same command again.
Elsewhere they are called: ncurses (wide), sqlite3, libsodium, utf8proc, jansson, libyaml, libzip, expat,
libxlsxwriter, gettext, pkg-config, a C11 compiler; for the tests also check and libvterm.
END
exit 1
