"""Browser files as an edge node reads them: an AssetSource."""

from edge.model.asset import CHUNK, Asset, content_hash, integrity_of
from edge.origin.client import OriginClient
from edge.origin.connection import OriginError


class OriginAssets:
    def __init__(self, client: OriginClient) -> None:
        self._client = client

    async def asset(self, name: str) -> Asset | None:
        """Raises OriginError or TimeoutError; "there is no such file" is the control node's own word."""
        response = await self._client.find(f"/assets/{name}")
        if response.status == 404:
            return None
        found = content_hash(response.body)
        # A chunk's name says nothing of its bytes that could be checked here.
        if found != name and not CHUNK.match(name):
            raise OriginError("bad-asset")
        return Asset(found, integrity_of(response.body), response.headers["content-type"], response.body)
