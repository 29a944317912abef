#!/bin/sh
# Removes each stamp under .make/ whose work is not there (any more): deleted by hand, or in a folder that was moved.
set -eu
cd -- "$(dirname -- "$0")/.."

if ! grep -qF " $(pwd -P)/.venv" .venv/pyvenv.cfg 2>/dev/null || ! .venv/bin/python -c '' 2>/dev/null; then
    rm -f .make/python .make/node
fi
if ! (PATH=.venv/bin:$PATH && node --version && command -v npm) >/dev/null 2>&1; then
    rm -f .make/node
fi
[ -d loader/node_modules ] || rm -f .make/packages
[ -d edge/assets ] || rm -f .make/assets
