"""Write keys by tags as an edge node reads them: a KeySource."""

from collections.abc import Sequence
from typing import Any

from edge.origin.client import OriginClient
from edge.origin.connection import OriginError
from edge.origin.wire import loaded


class OriginKeys:
    """Raises OriginError or TimeoutError."""

    def __init__(self, client: OriginClient) -> None:
        self._client = client

    async def keys(self, tags: Sequence[str], after: str, limit: int) -> list[str]:
        query = [*(("tag", tag) for tag in tags), ("after", after), ("limit", str(limit))]
        response = await self._client.get("/keys", query, insist=True)
        return [str(key) for key in _checked(response.body, list, "keys")]

    async def count(self, tags: Sequence[str]) -> int:
        response = await self._client.get("/keys/count", [("tag", tag) for tag in tags], insist=True)
        found: int = _checked(response.body, int, "count")
        return found


def _checked(body: bytes, kind: type, name: str) -> Any:
    try:
        value = loaded(body)[name]
    except (KeyError, ValueError) as error:
        raise OriginError("bad-keys") from error
    if not isinstance(value, kind):
        raise OriginError("bad-keys")
    return value
