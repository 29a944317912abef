"""Claims about datagrams between siblings: heard at once, harmless when lost, and nobody but they is believed."""

import asyncio
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import uvloop

from edge.fronts.peers import Peers
from edge.fronts.short_path import short_path
from edge.model.position import AsOf
from tests.support.polling import settle, until

pytestmark = pytest.mark.anyio
CURSOR = AsOf("e1", 7, "id-7")


class Ear:
    def __init__(self) -> None:
        self.heard: list[tuple[str, str, int]] = []

    def __call__(self, node: str, epoch: str, position: int) -> None:
        self.heard.append((node, epoch, position))


@pytest.fixture(params=["asyncio", "uvloop"])
def anyio_backend(request: pytest.FixtureRequest) -> tuple[str, dict[str, object]]:
    return "asyncio", {"loop_factory": uvloop.new_event_loop if request.param == "uvloop" else None}


@pytest.fixture
async def peers(tmp_path: Path) -> AsyncIterator[dict[str, tuple[Peers, Ear]]]:
    made = {name: (Peers(tmp_path / "peers", name), Ear()) for name in ("n1", "n2", "n3")}
    for one, ear in made.values():
        one.open(ear)
    yield made
    for one, _ in made.values():
        one.close()
    assert list((tmp_path / "peers").iterdir()) == []


async def test_all_others_hear_and_nobody_hears_itself(peers: dict[str, tuple[Peers, Ear]]) -> None:
    peers["n1"][0].tell(CURSOR)
    for name in ("n2", "n3"):
        ear = peers[name][1]
        await until(lambda ear=ear: ear.heard == [("n1", "e1", 7)], f"{name} hears")  # type: ignore[misc] # bound now
    assert peers["n1"][1].heard == []


async def test_one_that_has_ended_is_passed_over_and_its_socket_taken_away(
    peers: dict[str, tuple[Peers, Ear]], tmp_path: Path
) -> None:
    dead = tmp_path / "peers" / "n0.sock"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as gone, short_path(dead) as address:
        gone.bind(address)
    peers["n1"][0].tell(CURSOR)
    await until(lambda: bool(peers["n2"][1].heard), "the living hear")
    assert not dead.exists()


async def test_one_that_does_not_listen_holds_up_nobody(peers: dict[str, tuple[Peers, Ear]], tmp_path: Path) -> None:
    deaf = tmp_path / "peers" / "n0.sock"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as full, short_path(deaf) as address:
        full.bind(address)
        for position in range(2000):
            peers["n1"][0].tell(AsOf("e1", position, ""))
            if position % 10 == 9:
                await settle(2)
        await until(lambda: bool(peers["n2"][1].heard), "the others hear")
    deaf.unlink()


async def test_what_is_no_news_is_not_passed_on(peers: dict[str, tuple[Peers, Ear]], tmp_path: Path) -> None:
    target = tmp_path / "peers" / "n2.sock"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as stranger, short_path(target) as address:
        for noise in (
            b"",
            b"{",
            b"[]",
            b'"x"',
            b"7",
            b'{"node": "n1"}',
            b'{"node":1,"epoch":"e","cursor":"x"}',
            b"x" * 4000,
        ):
            stranger.sendto(noise, address)
    peers["n1"][0].tell(CURSOR)
    await until(lambda: bool(peers["n2"][1].heard), "the news after the noise")
    assert peers["n2"][1].heard == [("n1", "e1", 7)]


async def test_the_directory_is_nobody_elses(peers: dict[str, tuple[Peers, Ear]], tmp_path: Path) -> None:
    assert peers
    assert (tmp_path / "peers").stat().st_mode & 0o777 == 0o700


async def test_who_is_closed_tells_nobody(tmp_path: Path) -> None:
    one = Peers(tmp_path / "peers", "n1")
    one.tell(CURSOR)
    one.open(Ear())
    one.close()
    one.close()
    one.tell(CURSOR)
    await asyncio.sleep(0)


async def test_a_directory_too_deep_for_a_socket_will_do(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 120) / "peers"
    ear = Ear()
    one, other = Peers(deep, "n1"), Peers(deep, "n2")
    one.open(Ear())
    other.open(ear)
    one.tell(CURSOR)
    await until(lambda: ear.heard == [("n1", "e1", 7)], "it is heard")
    one.close()
    other.close()
