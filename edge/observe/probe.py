"""What a browser is answered at this moment by this host, beside what the store publishes.

Asked are this host's own nginx, at the socket where nodes read back what clients get, and this node's own listener:
nothing that anybody could name. As the auditor does, the edge is asked first and the store read after it, so that an
answer is never called behind for what was committed in between.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import httpx

from edge.journal.membership import Membership
from edge.observe.asking import NO_TLS, TIMEOUT, Answered, Asking, UnansweredError, raw_answer
from edge.observe.evidence import Evidence
from edge.observe.judge import Difference, Published, judge, seen_in
from edge.publish.publication import PATHS, Wanted
from edge.publish.variants import Encoding

ORDER: tuple[Encoding, ...] = ("br", "gzip", "identity")
"""What a browser prefers comes first: it is that answer which is shown and judged."""


@dataclass(frozen=True, slots=True)
class Place:
    """Who was asked, and at which address."""

    kind: Literal["nginx", "node"]
    address: str


@dataclass(frozen=True, slots=True)
class Refused:
    place: Place
    reason: str


@dataclass(frozen=True, slots=True)
class Sight:
    """``answers`` of ``place`` by encoding, empty where nobody answered; ``refused``: who was asked in vain before.
    ``published``: what the store says, ``None`` while it cannot; ``difference``: what the answer differs from it in."""

    path: str
    place: Place | None
    answers: Mapping[Encoding, Answered]
    refused: tuple[Refused, ...]
    published: Published | None
    difference: Difference | None


class Probe:
    """``socket``: where this host's nginx reads back what clients get; ``None`` where it has none."""

    def __init__(self, asking: Asking, membership: Membership, evidence: Evidence, socket: Path | None = None) -> None:
        self._asking = asking
        self._membership = membership
        self._evidence = evidence
        self._socket = socket

    async def look(self, wanted: Wanted) -> Sight:
        """Never raises for who does not answer. ``wanted`` has a write key that is spelt like one."""
        place, answers, refused = await self._asked(wanted)
        published = (await self._evidence.of_store((wanted,))).get(wanted)
        difference = None
        if answers and published is not None:
            difference = judge(wanted.kind, seen_in(answers[ORDER[0]]), published, same_build=True)
        path = PATHS[wanted.kind].format(key=wanted.write_key)
        return Sight(path, place, answers, tuple(refused), published, difference)

    async def _asked(self, wanted: Wanted) -> tuple[Place | None, Mapping[Encoding, Answered], list[Refused]]:
        refused: list[Refused] = []
        for place in self._places():
            try:
                return place, {encoding: await self._answer(place, wanted, encoding) for encoding in ORDER}, refused
            except UnansweredError as error:
                refused.append(Refused(place, str(error)))
        return None, {}, refused

    def _places(self) -> list[Place]:
        own = Place("node", self._membership.newcomer.url)
        return [own] if self._socket is None else [Place("nginx", f"unix:{self._socket}"), own]

    async def _answer(self, place: Place, wanted: Wanted, encoding: Encoding) -> Answered:
        if place.kind == "node":
            return await self._asking.document(self._membership.node, place.address, wanted, encoding)
        address = "http://localhost" + PATHS[wanted.kind].format(key=wanted.write_key)
        transport = httpx.AsyncHTTPTransport(uds=str(self._socket), verify=NO_TLS)
        try:
            async with asyncio.timeout(TIMEOUT), httpx.AsyncClient(transport=transport, trust_env=False) as client:
                return await raw_answer(client, address, encoding)
        except (TimeoutError, httpx.TimeoutException):
            raise UnansweredError(f"no answer within {TIMEOUT:g} s") from None
        except httpx.HTTPError as error:
            raise UnansweredError(f"cannot be reached: {type(error).__name__}") from None
