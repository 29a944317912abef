"""A browser's cache, or a shared one, as RFC 9111 and RFC 5861 allow: it uses whatever it may, as long as it may."""

from collections.abc import Callable
from dataclasses import dataclass
from email.utils import formatdate, parsedate_to_datetime
from typing import Literal, Protocol

import httpx

How = Literal["network", "fresh", "stale"]


class Upper(Protocol):
    """What a cache asks: a server, or another cache."""

    def get(self, path: str, validator: str) -> "Response": ...


@dataclass(frozen=True, slots=True)
class Response:
    """An answer as it is passed on; header names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    def directive(self, name: str) -> int | None:
        """The number of a Cache-Control directive; 0 for one without (RFC 9111 section 5.2)."""
        for part in self.headers.get("cache-control", "").split(","):
            key, _, value = part.strip().lower().partition("=")
            if key == name:
                return int(value) if value else 0
        return None


@dataclass(frozen=True, slots=True)
class Used:
    """A body that was used, and how: ``network`` is asked for or confirmed, ``stale`` used while it is asked again."""

    response: Response
    how: How


@dataclass(slots=True)
class Kept:
    """``corrected_age`` in seconds at ``came_at`` (RFC 9111 section 4.2.3)."""

    response: Response
    corrected_age: float
    came_at: float


class Server:
    """The network: nginx, over HTTP."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def get(self, path: str, validator: str) -> Response:
        answer = self._client.get(path, headers={"If-None-Match": validator} if validator else {})
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return Response(answer.status_code, headers, answer.content)


class Cache:
    """``shared`` heeds s-maxage, and passes on what it has under a new Date and without an Age: the worst there is."""

    def __init__(self, upper: Upper, now: Callable[[], float], *, shared: bool = False) -> None:
        self._upper = upper
        self._now = now
        self._shared = shared
        self._kept: dict[str, Kept] = {}

    def get(self, path: str, validator: str = "") -> Response:
        """As the upper of another cache. A shared one answers conditions itself."""
        used = self.use(path).response
        headers = used.headers | {"date": formatdate(self._now(), usegmt=True)}
        if validator and validator == headers.get("etag"):
            return Response(304, headers, b"")
        return Response(used.status, headers, used.body)

    def use(self, path: str) -> Used:
        """The body that a page gets when it asks now."""
        kept = self._kept.get(path)
        if kept is not None:
            age = kept.corrected_age + self._now() - kept.came_at
            fresh, window = self._lifetime(kept.response), kept.response.directive("stale-while-revalidate") or 0
            if age < fresh:
                return Used(kept.response, "fresh")
            if age < fresh + window:
                # The worst: the page gets the old body, and the request behind it fails or is never made.
                return Used(kept.response, "stale")
        return Used(self._ask(path, kept), "network")

    def _ask(self, path: str, kept: Kept | None) -> Response:
        asked_at = self._now()
        response = self._upper.get(path, kept.response.headers.get("etag", "") if kept is not None else "")
        if response.status == 304 and kept is not None:
            # The headers of a 304 take the place of those kept (section 4.3.4).
            response = Response(kept.response.status, kept.response.headers | response.headers, kept.response.body)
        if response.directive("no-store") is not None:
            self._kept.pop(path, None)
        else:
            self._kept[path] = Kept(response, self._corrected_age(response, asked_at), self._now())
        return response

    def _corrected_age(self, response: Response, asked_at: float) -> float:
        now = self._now()
        apparent = max(0.0, now - parsedate_to_datetime(response.headers["date"]).timestamp())
        return max(apparent, float(response.headers.get("age", 0)) + now - asked_at)

    def _lifetime(self, response: Response) -> int:
        shared = response.directive("s-maxage") if self._shared else None
        return shared if shared is not None else response.directive("max-age") or 0
