"""The routes that page modules are made of."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from starlette.responses import Response

from edge.console.call import Call, Visit
from edge.model.token import Scope

Method = Literal["GET", "POST"]
Handler = Callable[[Call], Awaitable[Response]]
OpenHandler = Callable[[Visit], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Page:
    """A route for who is signed in. A token needs one of ``scopes``, if there are any.

    ``name`` is what links use; a page and the form on it may share path and name. With ``{workspace}`` in its path the
    handler finds the workspace in ``call.workspace``, and what the token does not see is a 404. ``background``: what a
    page asks for by itself, so that it does not keep a session alive that nobody uses.
    """

    method: Method
    path: str
    name: str
    handler: Handler
    scopes: tuple[Scope, ...] = ()
    background: bool = False


@dataclass(frozen=True, slots=True)
class Open:
    """A route for anybody."""

    method: Method
    path: str
    name: str
    handler: OpenHandler


Row = Page | Open


def pattern(path: str) -> re.Pattern[str]:
    r"""``{name}`` is one part of the path; ends with ``\Z``, since ``$`` would accept a line break."""
    parts = re.split(r"\{(\w+)\}", path)
    texts = [re.escape(part) if index % 2 == 0 else rf"(?P<{part}>[^/\s]{{1,200}})" for index, part in enumerate(parts)]
    return re.compile("".join(texts) + r"\Z")
