"""Paging of listings: ``page_size`` and an opaque ``page_token``."""

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from edge.manage.problem import invalid
from edge.store.lookup import PAGE_LIMIT, Page

DEFAULT_SIZE = 50
_NAME = re.compile(r"[A-Za-z0-9_-]+(?:/[A-Za-z0-9_-]+)+\Z")

T = TypeVar("T")


def page_of(query: Mapping[str, str]) -> Page:
    """The page that is asked for, with one item more than its size: that one says whether there is another page."""
    return Page(_after(query.get("page_token", "")), _size(query) + 1)


def _size(query: Mapping[str, str]) -> int:
    text = query.get("page_size", "")
    if not text:
        return DEFAULT_SIZE
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:6]) <= PAGE_LIMIT:
        raise invalid(f"page_size: {text[:20]!r} is not allowed; allowed are 1 to {PAGE_LIMIT}")
    return int(text)


def _after(token: str) -> str:
    if not token:
        return ""
    try:
        name = base64.b64decode(token, altchars=b"-_", validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        name = ""
    if _NAME.match(name) is None or token_of(name) != token:
        raise invalid("page_token: it is none of ours; send the next_page_token of the page before, or none")
    return name


def token_of(name: str) -> str:
    return base64.urlsafe_b64encode(name.encode()).decode()


def cut(items: Sequence[T], page: Page, name: Any) -> tuple[Sequence[T], str]:
    """The items of the page, and the token of the next one, empty at the end. ``name`` gives an item's sort name."""
    if len(items) < page.limit:
        return items, ""
    shown = items[: page.limit - 1]
    return shown, token_of(name(shown[-1]))
