"""A control node behind the real server, and edge nodes that ask it."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from edge.origin.client import OriginClient
from tests.origin.stage import Control, Edge, client_of, control_node, edge_node, edge_settings
from tests.support.clock import HandClock
from tests.support.loopback import loopback


@pytest.fixture
async def control(template: Path, tmp_path: Path) -> AsyncIterator[Control]:
    async with control_node(template, tmp_path / "control") as made:
        yield made


@pytest.fixture
async def url(control: Control) -> AsyncIterator[str]:
    async with loopback(control.app) as base:
        yield base


@pytest.fixture
async def token(control: Control) -> str:
    issued = await control.token()
    await control.follow()
    return issued


@pytest.fixture
async def client(control: Control, url: str, token: str) -> AsyncIterator[OriginClient]:
    made = client_of([url], token, control.clock)
    yield made
    await made.close()


EdgeMaker = Callable[..., Edge]


@pytest.fixture
async def make_edge(control: Control, url: str, token: str, tmp_path: Path) -> AsyncIterator[EdgeMaker]:
    """Makes an edge node on a directory of its own, or on a named one: a later process of the same host."""
    made: list[Edge] = []

    def make(
        name: str = "edge", *, clock: HandClock | None = None, origins: tuple[str, ...] = (), **more: object
    ) -> Edge:
        settings = edge_settings(tmp_path / name, origins or (url,), token, **more)
        made.append(edge_node(settings, clock or control.clock))
        return made[-1]

    yield make
    for edge in made:
        await edge.stop()


@pytest.fixture
async def edge(make_edge: EdgeMaker) -> Edge:
    """An edge node at the head of the journal."""
    made = make_edge()
    await made.start()
    await made.join()
    await made.follow()
    return made
