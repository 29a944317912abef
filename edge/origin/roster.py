"""The roster as an edge node sees it: the Protocol's methods, one for one, by a control node.

Times given and answered are by this node's clock, as everything in this process is; what is written is by the control
node's. The difference is taken anew at each call.
"""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import orjson
from pydantic import TypeAdapter, ValidationError

from edge.model.instant import Clock
from edge.model.position import AsOf
from edge.origin.client import OriginClient, Query
from edge.origin.connection import OriginError
from edge.origin.wire import loaded, moved
from edge.store.roster import AckRow, DiskRow, HostRow, Newcomer, NodeRow

R = TypeVar("R", NodeRow, HostRow, DiskRow, AckRow)

_NODES, _HOSTS = TypeAdapter(list[NodeRow]), TypeAdapter(list[HostRow])
_DISKS, _ACKS = TypeAdapter(list[DiskRow]), TypeAdapter(list[AckRow])


async def _nothing() -> None:
    pass


class OriginRoster:
    """Raises OriginError or TimeoutError. ``secure`` is awaited before each heartbeat, which fails if it does: what
    must not be forgotten below a cursor is on the disk before the cursor is told."""

    def __init__(self, client: OriginClient, clock: Clock, secure: Callable[[], Awaitable[None]] = _nothing) -> None:
        self._client = client
        self._clock = clock
        self._secure = secure

    async def join(self, newcomer: Newcomer, now: float) -> None:
        await self._post("join", newcomer)

    async def beat(self, node: str, cursor: AsOf, moved: bool, now: float) -> bool:
        await self._secure()
        answer = await self._post("beat", {"node": node, "cursor": cursor, "moved": moved})
        return answer.get("known") is True

    async def leave(self, node: str) -> None:
        await self._post("leave", {"node": node})

    async def rows(self) -> list[NodeRow]:
        return await self._rows("rows", (), _NODES)

    async def hosts(self) -> list[HostRow]:
        return await self._rows("hosts", (), _HOSTS)

    async def disks(self) -> list[DiskRow]:
        return await self._rows("disks", (), _DISKS)

    async def ack(self, ack: AckRow, now: float) -> None:
        await self._post("ack", {"ack": ack, "now": now})

    async def acks(self, epoch: str, position: int) -> list[AckRow]:
        return await self._rows("acks", [("epoch", epoch), ("position", str(position))], _ACKS)

    async def acks_of(self, host: str, epoch: str) -> list[AckRow]:
        return await self._rows("acks", [("host", host), ("epoch", epoch)], _ACKS)

    async def applied_at(self, epoch: str, position: int) -> dict[str, float]:
        answer = await self._get("applied-at", [("epoch", epoch), ("position", str(position))])
        ahead = self._ahead(answer)
        return {str(node): float(time) + ahead for node, time in answer.get("nodes", {}).items()}

    async def _rows(self, path: str, query: Query, kind: TypeAdapter[list[R]]) -> list[R]:
        answer = await self._get(path, query)
        ahead = self._ahead(answer)
        try:
            rows = kind.validate_python(answer.get("rows"))
        except ValidationError as error:
            raise OriginError("bad-roster") from error
        return [moved(row, ahead) for row in rows]

    def _ahead(self, answer: dict[str, Any]) -> float:
        """Seconds by which this node's clock is ahead of the one that answered."""
        now = answer.get("now")
        if not isinstance(now, float | int):
            raise OriginError("bad-roster")
        return self._clock().wall - now

    async def _get(self, path: str, query: Query) -> dict[str, Any]:
        return _document((await self._client.get(f"/roster/{path}", query, insist=True)).body)

    async def _post(self, path: str, document: Any) -> dict[str, Any]:
        return _document((await self._client.post(f"/roster/{path}", orjson.dumps(document))).body)


def _document(body: bytes) -> dict[str, Any]:
    try:
        return loaded(body)
    except ValueError as error:
        raise OriginError("bad-roster") from error
