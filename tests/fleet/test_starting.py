"""A node that starts takes requests when it has answers: whoever comes before waits, or is refused and asks another."""

import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from edge.observe.asking import NO_TLS
from loadtest.fleet.ports import free_port
from tests.cli.processes import Served, children, served, until
from tests.fleet.roles import LEASE, SETTINGS, Fleet, get

pytestmark = pytest.mark.timeout(300)

PATIENT = (
    sys.executable,
    "-c",
    "from edge.compose import node; node.OPENING = 600; from edge.cli.main import run; run()",
)
"""`edgewise`, whose node does not open for want of anything better."""


@contextmanager
def starting(fleet: Fleet, origin: str, *listening: str) -> Iterator[Served]:
    """An edge node that nobody has told to be ready."""
    env = {"EDGE_LEASE": LEASE, "EDGE_ORIGIN_TOKEN": fleet.token, "EDGE_HOST_ID": "edge"}
    options = ("--role", "edge", "--origin-url", origin, *listening)
    with served(fleet.directory / "edge", *options, env=env, program=PATIENT, well=None) as node:
        yield node


def own_url(node: Path) -> str:
    """Where a node of that data directory answers for itself alone."""
    urls = [file.read_text() for file in (node / "nodes").glob("*")]
    return next((url for url in urls if url), "")


def test_whoever_comes_to_the_port_of_a_node_that_starts_waits_for_its_first_answer(fleet: Fleet) -> None:
    ports = free_port(), free_port()
    with starting(fleet, f"http://127.0.0.1:{ports[1]}") as edge:
        answers: list[int] = []
        caller = threading.Thread(target=lambda: answers.append(get(edge, SETTINGS).status_code))
        caller.start()
        until(lambda: bool(own_url(fleet.directory / "edge")), "it answers for itself")
        own = own_url(fleet.directory / "edge")
        until(lambda: _status(f"{own}/healthz") == 200, "it is alive")
        assert httpx.get(f"{own}/readyz", trust_env=False, verify=NO_TLS).status_code == 503
        assert answers == []
        with fleet.control(*ports):
            caller.join()
    assert answers == [200]


def test_whoever_comes_to_the_socket_of_a_node_that_starts_is_refused_until_it_has_answers(
    fleet: Fleet, tmp_path: Path
) -> None:
    ports, uds = (free_port(), free_port()), tmp_path / "edge.sock"
    listening = ("--uds", str(uds), "--public-url", "http://edge.test")
    with starting(fleet, f"http://127.0.0.1:{ports[1]}", *listening) as edge:
        until(lambda: bool(own_url(fleet.directory / "edge")), "it answers for itself")
        with socket.socket(socket.AF_UNIX) as caller, pytest.raises(ConnectionRefusedError):
            caller.connect(str(uds))
        with fleet.control(*ports), httpx.Client(transport=httpx.HTTPTransport(uds=str(uds), verify=NO_TLS)) as client:
            first: list[int] = []

            def answered() -> bool:
                try:
                    first.append(client.get(f"http://edge{SETTINGS}").status_code)
                except httpx.ConnectError:
                    return False
                return True

            until(answered, "it answers on its socket")
            assert first == [200]
            assert edge.process.poll() is None


def test_a_worker_that_takes_the_place_of_a_killed_one_answers_nothing_before_it_is_ready(fleet: Fleet) -> None:
    with served(fleet.store, "--workers", "2", env={"EDGE_LEASE": LEASE}) as edge:
        until(lambda: len(_live(fleet)) == 2, "both workers follow")
        statuses: set[int] = set()
        done = threading.Event()

        def ask() -> None:
            # A connection for each: those of whoever is killed are lost, and the next may be anybody's. A breath
            # between two leaves the processors to those that are to start.
            while not done.wait(0.02):
                try:
                    statuses.add(get(edge, SETTINGS).status_code)
                except httpx.TransportError:
                    continue

        asking = [threading.Thread(target=ask) for _ in range(3)]
        for thread in asking:
            thread.start()
        try:
            for _ in range(2):
                before = _live(fleet)
                os.kill(_workers(edge)[0], signal.SIGKILL)
                until(lambda: len(_live(fleet)) == 2 and _live(fleet) != before, "another one in its place")  # noqa: B023
        finally:
            done.set()
            for thread in asking:
                thread.join()
        assert statuses == {200}


def _live(fleet: Fleet) -> set[str]:
    """The nodes that have read the journal."""
    return {row["node"] for row in fleet.nodes() if row["state"] == "live" and row["cursor"]}


def _workers(edge: Served) -> list[int]:
    return [pid for pid in children(edge.process.pid) if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]


def _status(url: str) -> int:
    try:
        return httpx.get(url, trust_env=False, verify=NO_TLS).status_code
    except httpx.TransportError:
        return 0
