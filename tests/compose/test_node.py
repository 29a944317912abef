"""What a node does of itself while it serves, as a process."""

import asyncio
from pathlib import Path

import httpx

from edge.model.instant import system_clock
from tests.cli.processes import served, until
from tests.delivery.paths import LOADER
from tests.support.world import make_world


def make(data_dir: Path) -> None:
    """The small world, in the store of ``data_dir``."""

    async def write() -> None:
        await (await make_world(data_dir, system_clock)).close()

    asyncio.run(write())


def loader(client: httpx.Client, **headers: str) -> httpx.Response:
    return client.get(LOADER, headers={"Accept-Encoding": "br", **headers})


def size(answer: httpx.Response) -> int:
    """Bytes as sent; the client decodes them."""
    return int(answer.headers["content-length"])


def test_a_loader_that_is_asked_for_comes_in_fewer_bytes_after_a_while(tmp_path: Path) -> None:
    make(tmp_path / "data")
    with served(tmp_path / "data") as edge, httpx.Client(base_url=edge.url, trust_env=False) as client:
        first = loader(client)
        until(lambda: size(loader(client)) < size(first), "the loader comes in fewer bytes")
        later = loader(client)
        assert later.content == first.content == client.get(LOADER, headers={"Accept-Encoding": "identity"}).content
        assert later.headers["edge-as-of"] == first.headers["edge-as-of"]
        for held in (first, later):
            unchanged = loader(client, **{"If-None-Match": held.headers["etag"]})
            assert (unchanged.status_code, unchanged.headers["etag"]) == (304, held.headers["etag"])
        assert edge.end() == 0
    assert "Traceback" not in edge.log.read_text()
