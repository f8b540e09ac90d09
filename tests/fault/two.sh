#!/bin/sh
# Two processes of build $1 save $2 events each into one vault; see two.c.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
umask 077
"$1/two" "$folder/v" 2 "$2"
