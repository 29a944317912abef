"""The only writer of cache headers: the table of DESIGN section 6.

| answer              | client                                     | nginx: Cache-Control, then X-Accel-Expires        |
|---------------------|--------------------------------------------|---------------------------------------------------|
| fresh               | max-age, s-maxage, stale-while-revalidate  | stale windows; @<confirmed-at + share>            |
| unproven, overtaken | the same; 1 s                              | no stale windows; 1                               |
| stale               | 5 s                                        | no stale windows; 5                               |
| no such key         | 10 s; overtaken: 1 s                       | no stale windows; 10; unproven or overtaken: 1    |
| unavailable, errors | no-store                                   | no stale windows; 1                               |
| asset               | one year, immutable                        | the same, nothing to swap                         |

A lifetime of at least 1 s for nginx on every answer, errors too: one without turns a cold stampede into a convoy
(docs/http.md). Cache-Control stands before X-Accel-Expires: nginx 1.22 minds the order.
"""

from dataclasses import dataclass
from typing import Literal

from edge.cache.cache import Freshness
from edge.model.budget import Budget
from edge.model.instant import Instant

Front = Literal["none", "nginx"]
Pairs = list[tuple[str, str]]

STALE_SECONDS = 5
MISSING_SECONDS = 10
IMMUTABLE = "public, max-age=31536000, immutable"
NO_STORE = "no-store"

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
    """Cache headers for one front. Every method answers the lines in the order in which they must be sent."""

    front: Front
    budget: Budget

    def found(self, freshness: Freshness, confirmed_at: Instant) -> Pairs:
        """For a 200, and for the 304 of the same ETag: nothing a client relies on may differ between them (I26)."""
        budget = self.budget
        match freshness:
            case "stale":
                return self._lines(_short(STALE_SECONDS), str(STALE_SECONDS))
            case "overtaken":
                return self._lines(_short(1), "1")
            case "unproven":
                return self._lines(self._fresh(), "1")
            case "fresh":
                windows = f"stale-while-revalidate={budget.front_revalidate}, stale-if-error={budget.front_error}"
                until = f"@{int(confirmed_at.wall) + budget.front_fresh}"
                return self._lines(self._fresh(), until, f"max-age=1, {windows}")

    def missing(self, freshness: Freshness) -> Pairs:
        """For a 404: a key may come to be, and then nothing unproven may stand in its way."""
        client = _short(1 if freshness == "overtaken" else MISSING_SECONDS)
        return self._lines(client, str(MISSING_SECONDS) if freshness == "fresh" else "1")

    def error(self) -> Pairs:
        return self._lines(NO_STORE, "1")

    def asset(self) -> Pairs:
        return [("Cache-Control", IMMUTABLE)]

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
