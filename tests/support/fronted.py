"""A real nginx, what it fetches from, and what anybody is shown through it."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from edge.fronts.cache_files import CacheFiles
from edge.fronts.nginx import PATHS, NginxFront
from edge.publish.publication import KINDS, Kind
from edge.publish.variants import ENCODINGS, Encoding
from tests.support.nginx import Nginx, lay_out, running
from tests.support.upstream import Upstream, upstream_at

VARIANTS: tuple[tuple[Kind, Encoding], ...] = tuple((kind, encoding) for kind in KINDS for encoding in ENCODINGS)


@dataclass(frozen=True, slots=True)
class Fronted:
    nginx: Nginx
    upstream: Upstream
    client: httpx.AsyncClient
    front: NginxFront

    async def get(self, kind: Kind, key: str, encoding: Encoding = "identity") -> httpx.Response:
        return await self.client.get(PATHS[kind].format(key=key), headers={"Accept-Encoding": encoding})

    async def shown(self, key: str) -> dict[tuple[Kind, Encoding], str]:
        """``Edge-As-Of`` of each variant, as anybody sees it."""
        return {one: (await self.get(one[0], key, one[1])).headers.get("Edge-As-Of", "") for one in VARIANTS}

    async def status(self, kind: Kind, key: str, encoding: Encoding = "identity") -> str:
        """HIT, MISS, EXPIRED, ..."""
        return (await self.get(kind, key, encoding)).headers["Nginx-Cache"]


@asynccontextmanager
async def fronted(patience: float = 5.0) -> AsyncIterator[Fronted]:
    """In a directory of its own: those of tests are too deep for the addresses of sockets. ``patience``: seconds that
    the front waits for one variant."""
    with tempfile.TemporaryDirectory(prefix="edge-") as name:
        directory = Path(name)
        lay_out(directory)
        async with upstream_at(directory / "run" / "app.sock") as upstream:
            with running(directory) as nginx:
                transport = httpx.AsyncHTTPTransport(uds=str(nginx.public))
                async with httpx.AsyncClient(transport=transport, base_url="http://edge.test", timeout=20) as client:
                    front = NginxFront(nginx.refresh, CacheFiles(nginx.cache), patience)
                    yield Fronted(nginx, upstream, client, front)
                    await front.close()
