#!/bin/sh
# The long fault runs on what was built in $1: kill -9 $2 times while saving.
set -eu
tests/fault/kill9.sh "$2" "$1/killsave"
