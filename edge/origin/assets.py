"""Browser files as an edge node reads them: an AssetSource."""

from edge.model.asset import Asset, content_hash, integrity_of
from edge.origin.client import OriginClient
from edge.origin.connection import OriginError


class OriginAssets:
    def __init__(self, client: OriginClient) -> None:
        self._client = client

    async def asset(self, content_hash_: str) -> Asset | None:
        """Raises OriginError or TimeoutError; "there is no such file" is the control node's own word."""
        response = await self._client.find(f"/assets/{content_hash_}")
        if response.status == 404:
            return None
        if content_hash(response.body) != content_hash_:
            raise OriginError("bad-asset")
        return Asset(content_hash_, integrity_of(response.body), response.headers["content-type"], response.body)
