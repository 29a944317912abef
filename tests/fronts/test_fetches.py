"""Claims about which bytes nginx is asked for first: visitors' before proofs, and no proof waits for long."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from edge.fronts import fetches
from edge.fronts.cache_files import CacheFiles
from edge.fronts.fetches import Fetches
from edge.fronts.front import Due, FrontError
from edge.fronts.nginx import NginxFront
from edge.publish.publication import KINDS
from edge.publish.variants import ENCODINGS
from tests.support.polling import DEADLINE, until

pytestmark = pytest.mark.anyio
DUE = Due("wk_fetches_01", "e1", 7, KINDS)
VARIANTS = len(KINDS) * len(ENCODINGS)
EVER = 3600.0


class RefreshServer:
    """Answers as nginx's refresh server does when all is well. ``held``: the next GET only after ``release``.
    ``fails``: brotli of loaders not at all, the connection is ended."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        """Methods, in their order."""
        self.held = self.fails = False
        self.release = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                method = head.partition(b" ")[0].decode()
                self.asked.append(method)
                if self.held and method == "GET":
                    self.held = False
                    await self.release.wait()
                if self.fails and b"analytics.min.js" in head and b": br\r\n" in head:
                    return
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nEdge-As-Of: e1.7\r\n\r\n")
                writer.write(b"abc" if method == "GET" else b"")
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def refreshing() -> AsyncIterator[tuple[RefreshServer, NginxFront]]:
    with tempfile.TemporaryDirectory(prefix="edge-") as directory:
        server, address = RefreshServer(), Path(directory) / "s"
        listening = await asyncio.start_unix_server(server.serve, address)
        front = NginxFront(address, CacheFiles(Path(directory) / "cache"), timeout=EVER)
        yield server, front
        await front.close()
        listening.close()


async def test_every_variant_is_fetched_before_any_is_read_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetches, "OTHERS", EVER)
    async with refreshing() as (server, front):
        server.held = True
        refresh = asyncio.create_task(front.refresh(DUE))
        await until(lambda: len(server.asked) == VARIANTS, "a question for every variant")
        server.release.set()
        await refresh
    assert server.asked == ["GET"] * VARIANTS + ["HEAD"] * VARIANTS


async def test_a_variant_that_hangs_holds_up_no_proof_of_the_others_for_long() -> None:
    async with refreshing() as (server, front):
        server.held = True
        refresh = asyncio.create_task(front.refresh(DUE))
        await until(lambda: server.asked.count("HEAD") == VARIANTS - 1, "the proof of all but one")
        assert not refresh.done()
        server.release.set()
        await refresh


async def test_a_variant_that_failed_is_waited_for_by_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetches, "OTHERS", EVER)
    async with refreshing() as (server, front):
        server.fails = True
        with pytest.raises(FrontError, match="the connection ended before the answer did"):
            async with asyncio.timeout(DEADLINE):
                await front.refresh(DUE)
    assert server.asked.count("HEAD") == VARIANTS - 1


async def test_those_that_wait_go_on_when_the_last_has_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetches, "OTHERS", EVER)
    under_way = Fetches(["a", "b"])
    waiting = asyncio.create_task(under_way.all_ended())
    under_way.ended("a")
    under_way.ended("a")
    await asyncio.sleep(0)
    assert not waiting.done()
    under_way.ended("b")
    await waiting
