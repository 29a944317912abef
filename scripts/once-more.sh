#!/bin/sh
# After a run of all tests that ended with status $1: those that failed are run once more, one after the other, alone.
#
# Fleets and browsers start dozens of processes beside each other on two cores. What fails there and passes alone was
# given too little of a machine, and is named; what fails alone too is wrong. Many at once are no accident.
set -eu
cd -- "$(dirname -- "$0")/.."
status=$1
most=8

[ "$status" -eq 1 ] || exit "$status"
failed=$(.venv/bin/python -c 'import json; print("\n".join(json.load(open(".make/pytest/v/cache/lastfailed"))))')
count=$(printf '%s\n' "$failed" | wc -l)
[ "$count" -le "$most" ] || exit 1
echo "==> Failed beside others, and are run once more, alone:"
printf '%s\n' "$failed" | sed 's/^/    /'
exec .venv/bin/python -m pytest --last-failed --last-failed-no-failures none
