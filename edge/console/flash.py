"""What the next page says first: how a change went, and the position to follow. A cookie that lives for one page.

It carries nothing that decides anything, so it needs no signature; but it is somebody's text, and shown as text.
"""

import base64
import binascii
from dataclasses import dataclass
from typing import Literal, get_args

import orjson
from starlette.requests import Request
from starlette.responses import Response

from edge.console.session import PATH

COOKIE = "edgewise_flash"
SECONDS = 60
LONGEST = 600
Kind = Literal["done", "notice", "failed"]


@dataclass(frozen=True, slots=True)
class Flash:
    """``position`` is that of the change, for the live strip; 0: nothing to follow."""

    kind: Kind
    text: str
    position: int = 0


def leave(response: Response, flash: Flash, *, secure: bool) -> None:
    packed = orjson.dumps([flash.kind, flash.text[:LONGEST], flash.position])
    value = base64.urlsafe_b64encode(packed).decode()
    response.set_cookie(COOKIE, value, SECONDS, path=PATH, httponly=True, samesite="lax", secure=secure)


def find(request: Request) -> Flash | None:
    try:
        kind, text, position = orjson.loads(base64.urlsafe_b64decode(request.cookies.get(COOKIE, "")))
    except (orjson.JSONDecodeError, binascii.Error, ValueError, TypeError):
        return None
    if kind not in get_args(Kind) or not isinstance(text, str) or not isinstance(position, int):
        return None
    return Flash(kind, text[:LONGEST], max(position, 0))


def forget(response: Response) -> None:
    response.delete_cookie(COOKIE, path=PATH, httponly=True, samesite="lax")
