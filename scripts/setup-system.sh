#!/bin/sh
# Sees to it that what scripts/system-packages.txt lists is on this machine.
# As root on Debian it is installed; otherwise this says what is missing and how to get it.
set -eu
cd -- "$(dirname -- "$0")/.."

present() {
    # Unquoted, so that a * in a file's name is looked up.
    for thing in $(printf '%s' "$1" | tr '|' ' '); do
        case $thing in
            /*) [ -e "$thing" ] && return 0 ;;
            *) command -v "$thing" >/dev/null 2>&1 && return 0 ;;
        esac
    done
    return 1
}

missing=
while read -r things package purpose; do
    case $things in '' | '#'*) continue ;; esac
    if ! present "$things"; then
        echo "Missing: $package ($purpose)."
        missing="$missing $package"
    fi
done <scripts/system-packages.txt
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "==> Installing Debian packages:$missing"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    # shellcheck disable=SC2086 # one word per package
    apt-get install -y -qq --no-install-recommends $missing >/dev/null
else
    {
        echo "The tests need these, and only root can install them. On Debian:"
        echo "    sudo apt-get install --no-install-recommends$missing"
        echo "Elsewhere: put the programs named in scripts/system-packages.txt on the PATH. Then run make again."
    } >&2
    exit 1
fi
