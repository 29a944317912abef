"""Addresses within the console: made from the routes' names, and checked where they come from outside."""

import re
from urllib.parse import quote, urlsplit

from edge.console.session import PATH

HOME = f"{PATH}/"
_INSIDE = re.compile(rf"{PATH}/[!#-\[\]-~]*\Z")
"""Visible ASCII without quotes and backslashes, which browsers read as slashes."""


def safe_next(wanted: str) -> str:
    """``wanted`` if it is a path of this console, else its first page: never another site's, however it is spelt."""
    if len(wanted) > 2000 or _INSIDE.match(wanted) is None or "//" in wanted.partition("?")[0]:
        return HOME
    return HOME if {"..", "."} & set(wanted.partition("?")[0].lower().replace("%2e", ".").split("/")) else wanted


def path_in(url: str) -> str:
    """Path and query of an address that a browser sent, as Referer does."""
    parts = urlsplit(url)
    return safe_next(f"{parts.path}?{parts.query}" if parts.query else parts.path)


def filled_path(pattern: str, **given: str) -> str:
    """``/w/{workspace}/sources`` with each part in its place, as an address from the site's root."""
    for name, value in given.items():
        pattern = pattern.replace(f"{{{name}}}", quote(value, safe=""))
    return PATH + pattern
