#!/bin/sh
# The long runs on what was built in $1: kill -9 $2 times while saving, and the properties of
# recomputing over 10,000 random forms of each kind.
set -eu
tests/fault/kill9.sh "$2" "$1/killsave"
SPRIJIN_RANDOM_FORMS=10000 SPRIJIN_TESTS=tests "$1/unit" form/recompute
