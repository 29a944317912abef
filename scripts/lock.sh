#!/bin/sh
# Pins every package anew: constraints/*.txt from pyproject.toml, loader/package-lock.json from loader/package.json.
# What is pinned stays as it is unless it no longer fits; UPGRADE=1 takes the newest that fit.
# The files carry hashes and no addresses, so that every machine uses the registries it is set up for.
set -eu
cd -- "$(dirname -- "$0")/.."

# One resolution that holds on every platform and from 3.11 on: with --require-hashes a package left out is an error.
compile() {
    .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
        --no-emit-index-url --no-emit-find-links ${UPGRADE:+--upgrade} "$@" >/dev/null
}

compile pyproject.toml --output-file constraints/run.txt
# What is tested is what runs in production.
compile pyproject.toml --group dev --constraints constraints/run.txt --output-file constraints/dev.txt
compile --group node --output-file constraints/node.txt

cd loader
if [ -n "${UPGRADE:-}" ]; then
    npm update --package-lock-only
else
    npm install --package-lock-only
fi
