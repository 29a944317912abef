"""Which change somebody follows from page to page: a cookie, until it is dismissed or half an hour after the change.

Like a flash it decides nothing, so it needs no signature: a receipt is shown to who may see it, whoever wrote this.
"""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from edge.console.session import PATH
from edge.model.source import SLUG

COOKIE = "edgewise_live"
SECONDS = 1800
"""The freshness budget: nothing older than the change is used anywhere after that."""
LONGEST = 15
"""Digits of a position."""


@dataclass(frozen=True, slots=True)
class Followed:
    workspace: str
    position: int


def follow(response: Response, followed: Followed, age: float, *, secure: bool) -> None:
    """``age``: seconds since the change was committed. Every page asks for the strip anew, and none makes it last
    longer; once its time is over, it is dismissed."""
    left = int(SECONDS - age)
    if left <= 0:
        return dismiss(response)
    value = f"{followed.position}.{followed.workspace}"
    return response.set_cookie(
        COOKIE, value, min(left, SECONDS), path=PATH, httponly=True, samesite="lax", secure=secure
    )


def followed_in(request: Request) -> Followed | None:
    position, _, workspace = request.cookies.get(COOKIE, "").partition(".")
    if not is_position(position) or SLUG.match(workspace) is None:
        return None
    return Followed(workspace, int(position))


def dismiss(response: Response) -> None:
    response.delete_cookie(COOKIE, path=PATH, httponly=True, samesite="lax")


def is_position(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= LONGEST
