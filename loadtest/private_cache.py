"""A browser's cache for one visitor: private, as RFC 9111 has it, with stale-while-revalidate (RFC 5861).

nothing kept ──► fetch           fresh ──► use           stale, within the window ──► use, and revalidate behind
                                                         stale, beyond it         ──► revalidate, then use
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Generic, Literal, TypeVar

T = TypeVar("T")
K = TypeVar("K")

Use = Literal["fetch", "use", "use and revalidate", "revalidate"]


@dataclass(frozen=True, slots=True)
class Directives:
    """What ``Cache-Control`` allows a private cache, in seconds; ``s-maxage`` is for shared ones (5.2.2.10)."""

    store: bool
    max_age: int
    stale_while_revalidate: int


def directives_of(cache_control: str) -> Directives:
    """Without ``max-age`` nothing is fresh: a lifetime is not guessed (4.2.2 allows that, and nobody should)."""
    given: dict[str, str] = {}
    for part in cache_control.lower().split(","):
        name, _, value = part.strip().partition("=")
        given[name] = value.strip('"')
    unconditional = "no-cache" not in given
    return Directives(
        store="no-store" not in given and bool(cache_control),
        max_age=_seconds(given.get("max-age", "0")) if unconditional else 0,
        stale_while_revalidate=_seconds(given.get("stale-while-revalidate", "0")) if unconditional else 0,
    )


def _seconds(text: str) -> int:
    return int(text) if text.isdigit() else 0


@dataclass(frozen=True, slots=True)
class Kept(Generic[T]):
    """``age`` is what it was when it came, at ``received_at``: seconds on the clock that the cache is asked with."""

    value: T
    directives: Directives
    age: float
    received_at: float

    def age_at(self, now: float) -> float:
        """RFC 9111 section 4.2.3: current_age."""
        return self.age + now - self.received_at

    def use_at(self, now: float) -> Use:
        """Fresh while the lifetime is greater than the age (4.2); the window of RFC 5861 likewise."""
        age = self.age_at(now)
        if self.directives.max_age > age:
            return "use"
        if self.directives.max_age + self.directives.stale_while_revalidate > age:
            return "use and revalidate"
        return "revalidate"


@dataclass(slots=True)
class PrivateCache(Generic[K, T]):
    """Time is an argument: seconds since the epoch, as the server's ``Date`` is read."""

    _kept: dict[K, Kept[T]] = field(default_factory=dict)

    def get(self, key: K) -> Kept[T] | None:
        return self._kept.get(key)

    def use(self, key: K, now: float) -> Use:
        kept = self._kept.get(key)
        return "fetch" if kept is None else kept.use_at(now)

    def store(self, key: K, value: T, headers: Mapping[str, str], *, asked_at: float, now: float) -> None:
        """A 200, or the 304 that freshens ``value`` (4.3.4). Names of headers are in lower case."""
        directives = directives_of(headers.get("cache-control", ""))
        if not directives.store:
            self._kept.pop(key, None)
            return
        self._kept[key] = Kept(value, directives, initial_age(headers, asked_at=asked_at, now=now), now)


def initial_age(headers: Mapping[str, str], *, asked_at: float, now: float) -> float:
    """RFC 9111 section 4.2.3: corrected_initial_age."""
    apparent = max(0.0, now - date_of(headers.get("date", ""), now))
    corrected = _seconds(headers.get("age", "0")) + now - asked_at
    return max(apparent, corrected)


def date_of(text: str, otherwise: float) -> float:
    try:
        return parsedate_to_datetime(text).timestamp()
    except (TypeError, ValueError):
        return otherwise
