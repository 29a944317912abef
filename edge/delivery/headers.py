"""The only writer of cache headers: the table of DESIGN section 6.

| answer              | client                                     | nginx: Cache-Control, then X-Accel-Expires        |
|---------------------|--------------------------------------------|---------------------------------------------------|
| fresh               | max-age, s-maxage, stale-while-revalidate  | stale windows; @<confirmed-at + share - jitter>   |
| unproven            | the same                                   | no stale windows; 1                               |
| overtaken           | no-store                                   | no-store; 0: what it has is newer                 |
| stale               | 5 s                                        | no stale windows; 5                               |
| no such key         | 10 s; overtaken: no-store                  | no stale windows; 10; unproven: 1; overtaken: 0   |
| unavailable, errors | no-store                                   | no stale windows; 1                               |
| asset               | one year, immutable                        | the same, nothing to swap                         |

A lifetime of at least 1 s for nginx on every answer but the overtaken, errors too: one without turns a cold stampede
into a convoy (docs/http.md). Cache-Control stands before X-Accel-Expires: nginx 1.22 minds the order.
"""

import math
from dataclasses import dataclass
from typing import Literal
from zlib import crc32

from edge.cache.cache import Freshness
from edge.model.budget import Budget
from edge.model.instant import Instant

Front = Literal["none", "nginx"]
Pairs = list[tuple[str, str]]

STALE_SECONDS = 5
MISSING_SECONDS = 10
IMMUTABLE = "public, max-age=31536000, immutable"
NO_STORE = "no-store"
JITTER = 10
"""One part in so many of nginx's share, at most, by which a deadline comes earlier."""

ALWAYS: Pairs = [
    ("Access-Control-Allow-Origin", "*"),
    ("Timing-Allow-Origin", "*"),
    ("Cross-Origin-Resource-Policy", "cross-origin"),
    ("X-Content-Type-Options", "nosniff"),
    ("Vary", "Accept-Encoding"),
]
PREFLIGHT: Pairs = [
    ("Access-Control-Allow-Methods", "GET, HEAD, POST, OPTIONS"),
    ("Access-Control-Allow-Headers", "authorization, content-type"),
    ("Access-Control-Max-Age", "86400"),
]


@dataclass(frozen=True, slots=True)
class HeaderWriter:
    """Cache headers for one front. Every method answers the lines in the order in which they must be sent.

    ``lease`` in seconds: a proof may be as old as that, and nginx keeps nothing whose deadline has passed already.
    """

    front: Front
    budget: Budget
    lease: float

    def found(self, freshness: Freshness, confirmed_at: Instant, write_key: str) -> Pairs:
        """For a 200, and for the 304 of the same ETag: nothing a client relies on may differ between them (I26)."""
        budget = self.budget
        match freshness:
            case "stale":
                return self._lines(_short(STALE_SECONDS), str(STALE_SECONDS))
            case "overtaken":
                return self._overtaken()
            case "unproven":
                return self._lines(self._fresh(), "1")
            case "fresh":
                windows = f"stale-while-revalidate={budget.front_revalidate}, stale-if-error={budget.front_error}"
                until = f"@{int(confirmed_at.wall) + budget.front_fresh - self._jitter(write_key)}"
                return self._lines(self._fresh(), until, f"max-age=1, {windows}")

    def missing(self, freshness: Freshness) -> Pairs:
        """For a 404: a key may come to be, and then nothing unproven may stand in its way."""
        if freshness == "overtaken":
            return self._overtaken()
        return self._lines(_short(MISSING_SECONDS), str(MISSING_SECONDS) if freshness == "fresh" else "1")

    def error(self) -> Pairs:
        return self._lines(NO_STORE, "1")

    def asset(self) -> Pairs:
        return [("Cache-Control", IMMUTABLE)]

    def _overtaken(self) -> Pairs:
        """nginx leaves what it has, which a refresh may have brought: nobody is to keep what is known to be old."""
        return self._lines(NO_STORE, "0", NO_STORE)

    def _jitter(self, write_key: str) -> int:
        """Seconds, the same for a key on every node: what was written in one go does not expire in one wave (I29)."""
        share = self.budget.front_fresh
        most = min(share // JITTER, math.ceil(share - self.lease) - 1)
        return crc32(write_key.encode()) % (most + 1) if most > 0 else 0

    def _fresh(self) -> str:
        budget = self.budget
        # One number that both a shared cache and the browser behind it read: it must fit the share of each.
        revalidate = min(budget.browser_revalidate, budget.shared_revalidate)
        return (
            f"public, max-age={budget.browser_fresh}, s-maxage={budget.shared_fresh}, "
            f"stale-while-revalidate={revalidate}, stale-if-error=0"
        )

    def _lines(self, client: str, accel_expires: str, for_nginx: str = "max-age=1") -> Pairs:
        if self.front == "none":
            return [("Cache-Control", client)]
        return [
            ("Cache-Control", for_nginx),
            ("X-Accel-Expires", accel_expires),
            ("X-Client-Cache-Control", client),
        ]


def cache_status(freshness: Freshness, *, hit: bool) -> str:
    """``Cache-Status`` (RFC 9211): our member of the list."""
    if freshness == "stale":
        return "edgewise; fwd=stale; detail=store-unavailable"
    return "edgewise; hit" if hit else "edgewise; fwd=miss"


def _short(seconds: int) -> str:
    return f"public, max-age={seconds}, stale-if-error=0"
