"""A real nginx, what it fetches from, and what anybody is shown through it."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from edge.fronts.cache_files import CacheFiles
from edge.fronts.nginx import NginxFront
from edge.observe.asking import NO_TLS
from edge.publish.publication import KINDS, PATHS, Kind
from edge.publish.variants import ENCODINGS, Encoding
from tests.support.held_upstream import Upstream, upstream_at
from tests.support.nginx import Nginx, nginx

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

    @property
    def app(self) -> Path:
        return self.nginx.directory / "run" / "app.sock"

    @property
    def refresh(self) -> Path:
        return self.nginx.directory / "run" / "refresh.sock"

    async def status(self, kind: Kind, key: str, encoding: Encoding = "identity") -> str:
        """nginx's own member of ``Cache-Status``: ``nginx; hit``, ``nginx; fwd=uri-miss``, ..."""
        return (await self.get(kind, key, encoding)).headers.get_list("Cache-Status", split_commas=True)[-1]


@asynccontextmanager
async def fronted(patience: float = 5.0) -> AsyncIterator[Fronted]:
    """In a directory of its own: those of tests are too deep for the addresses of sockets. ``patience``: seconds that
    the front waits for one variant."""
    with tempfile.TemporaryDirectory(prefix="edge-") as name:
        directory = Path(name)
        (directory / "run").mkdir(mode=0o700)
        async with upstream_at(directory / "run" / "app.sock") as upstream:
            # Its own process, and started by looking for its answer: the upstream's loop must go on meanwhile.
            with ExitStack() as stack:
                running = await asyncio.to_thread(stack.enter_context, nginx(directory))
                async with httpx.AsyncClient(
                    base_url=running.url, timeout=20, trust_env=False, verify=NO_TLS
                ) as client:
                    front = NginxFront(
                        running.directory / "run" / "refresh.sock", CacheFiles(directory / "cache"), patience
                    )
                    yield Fronted(running, upstream, client, front)
                    await front.close()
