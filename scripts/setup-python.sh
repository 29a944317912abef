#!/bin/sh
# Makes .venv: Python's packages at the pinned versions, their hashes checked, and the project itself, editable.
# PYTHON names another interpreter (3.11 or newer).
set -eu
cd -- "$(dirname -- "$0")/.."

fits() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

python=
for candidate in ${PYTHON:+"$PYTHON"} python3 python3.14 python3.13 python3.12 python3.11; do
    if fits "$candidate"; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ]; then
    echo "Python 3.11 or newer is needed and was not found (looked for python3, python3.11 to python3.14)." >&2
    echo "On Debian 12: apt-get install python3 python3-venv. Elsewhere: make setup PYTHON=/path/to/python3.11" >&2
    exit 1
fi
if [ -n "${PYTHON:-}" ] && [ "$python" != "$PYTHON" ]; then
    echo "PYTHON=$PYTHON is not a Python 3.11 or newer; name one that is, or leave PYTHON out." >&2
    exit 1
fi
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    echo "$python cannot make virtual environments: its venv package is missing." >&2
    echo "On Debian: apt-get install python3-venv (as root), then run make again." >&2
    exit 1
fi

# An environment whose interpreter is gone, too old, or that was moved here from another folder is of no use.
if ! fits .venv/bin/python || ! grep -qF " $(pwd -P)/.venv" .venv/pyvenv.cfg; then
    "$python" -m venv --clear .venv
fi
.venv/bin/python -m pip install -qq --disable-pip-version-check --require-hashes -r constraints/dev.txt
.venv/bin/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --editable .
