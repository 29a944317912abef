"""Sessions: a signed cookie that names a token's row. The row decides at every request, so revoking ends sessions too.

    nobody ──GET /sign-in──► anonymous (for the form's CSRF token) ──sign in──► of a token
       ▲                                                                          │
       └── idle, too old, token ended or revoked, signed out ◄────────────────────┘

The cookie holds no token, only the id of one (``jti``), which opens nothing without this instance's signature.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from itsdangerous import BadData, URLSafeSerializer
from starlette.requests import Request
from starlette.responses import Response

from edge.model.instant import Clock

COOKIE = "edgewise_console"
PATH = "/console"
IDLE = 2 * 3600
"""Seconds without a request after which a session is over."""
LONGEST = 12 * 3600
"""Seconds after sign-in at which it is over in any case; earlier where its token ends earlier."""
RENEWED_AFTER = 60
"""Seconds between two cookies of one session, so that not every answer sets one."""


@dataclass(frozen=True, slots=True)
class Session:
    """``token_id`` is empty while nobody is signed in. Times are Unix seconds. ``secure``: it began over https."""

    token_id: str
    csrf: str
    began: float
    seen: float
    secure: bool


class Sessions:
    """Makes, reads and keeps sessions. ``keys`` sign, the newest first; ``new_secret`` makes unguessable texts."""

    def __init__(self, keys: Sequence[str], clock: Clock, new_secret: Callable[[], str]) -> None:
        # itsdangerous signs with the last of its keys, and accepts all.
        newest_last = list(reversed(keys))
        self._sessions = URLSafeSerializer(newest_last, salt="edgewise.console.session")
        self._links = URLSafeSerializer(newest_last, salt="edgewise.console.link")
        self._clock = clock
        self._new_secret = new_secret

    def new(self, token_id: str = "", *, secure: bool = False) -> Session:
        """Always with a CSRF token of its own: nothing of the session before sign-in is kept."""
        now = self._clock().wall
        return Session(token_id, self._new_secret(), now, now, secure)

    def read(self, request: Request) -> Session | None:
        """The session of a request; ``None`` when there is none, it is not ours, or its time is over."""
        session = self._decoded(request.cookies.get(COOKIE, ""))
        now = self._clock().wall
        if session is None or now >= session.seen + IDLE or now >= session.began + LONGEST:
            return None
        return session

    def renewed(self, session: Session) -> Session | None:
        """The session as seen now; ``None`` while the cookie that the browser has will do."""
        now = self._clock().wall
        return replace(session, seen=now) if now >= session.seen + RENEWED_AFTER else None

    def keep(self, response: Response, session: Session) -> None:
        value = self._sessions.dumps(
            {
                "t": session.token_id,
                "c": session.csrf,
                "b": session.began,
                "s": session.seen,
                "h": session.secure,
            }
        )
        # Lax, not Strict: a link to a page of the console, in a chat for one, must open it. What changes something
        # is a POST with a CSRF token from a page of ours.
        response.set_cookie(COOKIE, _text(value), path=PATH, httponly=True, samesite="lax", secure=session.secure)

    def drop(self, response: Response) -> None:
        response.delete_cookie(COOKIE, path=PATH, httponly=True, samesite="lax")

    def link_code(self, token_id: str) -> str:
        """What a sign-in link carries for a waiting row (``edge.manage.sign_in``)."""
        return _text(self._links.dumps(token_id))

    def linked(self, code: str) -> str | None:
        """The row's id in a link's code; ``None`` when this instance did not make it."""
        try:
            found = self._links.loads(code)
        except BadData:
            return None
        return found if isinstance(found, str) else None

    def _decoded(self, cookie: str) -> Session | None:
        try:
            found: Any = self._sessions.loads(cookie)
            return Session(found["t"], found["c"], float(found["b"]), float(found["s"]), bool(found["h"]))
        except (BadData, KeyError, TypeError, ValueError):
            return None


def _text(signed: str | bytes) -> str:
    return signed.decode() if isinstance(signed, bytes) else signed
