"""Numbers of real processes: two workers behind one admin listener, and each at its own."""

import os
import shutil
import signal
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import httpx
import pytest

from edge.cli.listeners import bind_tcp, port_of
from tests.cli.conftest import KEY
from tests.cli.processes import Served, children, served, until
from tests.cli.shell import Shell
from tests.observe.exposition import read, samples

PATH = f"/v1/projects/{KEY}/settings"

get = partial(httpx.get, timeout=30, verify=False)
"""Without reading the machine's certificates for each of some hundred calls."""


def admin(edge: Served) -> str:
    return str(edge.said["config_api"]).removesuffix("/v1beta")


def up(edge: Served) -> dict[tuple[str, ...], float]:
    answer = get(f"{admin(edge)}/metrics")
    assert answer.status_code == 200
    return samples(read(answer.text)["edgewise_up"])


def urls(edge: Served) -> dict[str, str]:
    nodes = Shell({"EDGE_DATA_DIR": str(edge.said["data_dir"])}).json("status")["nodes"]
    return {node["node"]: node["url"] for node in nodes}


@pytest.fixture(scope="module")
def pair(filled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Two workers, both in the numbers, that write down whatever they have to say."""
    data_dir = shutil.copytree(filled, tmp_path_factory.mktemp("pair") / "data")
    with served(data_dir, "--workers", "2", "--admin-bind", "127.0.0.1:0", "--log-level", "debug") as edge:
        until(lambda: list(up(edge).values()) == [1.0, 1.0], "both workers in the numbers")
        yield edge
        assert edge.end() == 0
    assert "Traceback" not in edge.log.read_text()


def test_one_scrape_of_the_admin_listener_shows_both_workers_whichever_answers(pair: Served) -> None:
    for _ in range(20):
        assert get(pair.url + PATH).status_code == 200
    asked = {tuple(up(pair)) for _ in range(8)}
    assert len(asked) == 1
    families = read(get(f"{admin(pair)}/metrics").text)
    served_from = samples(families["edgewise_hits"])
    # The auditor's requests count too.
    assert sum(served_from.values()) >= 20
    assert samples(families["edgewise_fleet_nodes"])[("state=live",)] == 2.0


def test_the_public_listener_never_serves_numbers(pair: Served) -> None:
    for path in ("/metrics", "/stats", "//metrics", "/metrics/"):
        assert get(pair.url + path).status_code == 404, path
    assert get(f"{admin(pair)}/stats").status_code == 404


def test_where_the_public_listener_is_the_only_one_numbers_are_at_the_nodes_own(data_dir: Path) -> None:
    with served(data_dir) as edge:
        assert get(f"{edge.url}/metrics").status_code == 404
        ((node, url),) = urls(edge).items()
        answer = get(f"{url}/metrics")
        assert list(samples(read(answer.text)["edgewise_up"])) == [(f"node={node[:8]}",)]


def test_a_worker_that_is_stopped_is_shown_as_down(pair: Served) -> None:
    worker = workers(pair)[0]
    os.kill(worker, signal.SIGSTOP)
    try:
        until(lambda: sorted(scraped(pair).values()) == [0.0, 1.0], "the stopped worker shown as down")
    finally:
        os.kill(worker, signal.SIGCONT)
    until(lambda: list(scraped(pair).values()) == [1.0, 1.0], "both workers again")


def workers(edge: Served) -> list[int]:
    """The processes that serve: those of the supervisor's children that have a listener of their own."""
    found = []
    for pid in children(edge.process.pid):
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        if any(b"spawn_main" in word for word in words):
            found.append(pid)
    return found


def scraped(edge: Served) -> dict[tuple[str, ...], float]:
    """A scrape that goes to the stopped worker is not answered: asked again, on another connection."""
    try:
        return samples(read(get(f"{admin(edge)}/metrics", timeout=4).text)["edgewise_up"])
    except httpx.TimeoutException:
        return {}


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_nodes_own_listener_ends_with_it(data_dir: Path, workers: str) -> None:
    with served(data_dir, "--workers", workers) as edge:
        until(lambda: len(urls(edge)) == int(workers), "every worker in the roster")
        found = list(urls(edge).values())
        assert [get(f"{url}/healthz").status_code for url in found] == [200] * int(workers)
        assert edge.end() == 0
    for url in found:
        with pytest.raises(httpx.ConnectError):
            get(f"{url}/healthz")
    assert "Traceback" not in edge.log.read_text()


def test_workers_with_a_fixed_port_take_it_and_the_next(data_dir: Path) -> None:
    port = _free_port()
    env = {"EDGE_NODE_BIND": f"127.0.0.1:{port}"}
    with served(data_dir, "--workers", "2", env=env) as edge:
        until(lambda: len(urls(edge)) == 2, "both workers in the roster")
        ports = sorted(int(url.rpartition(":")[2]) for url in urls(edge).values())
        assert port <= ports[0] < ports[1] < port + 64


def test_an_address_that_cannot_be_listened_on_is_said_before_anything_starts(tmp_path: Path) -> None:
    for address, said in (
        ("0.0.0.0:9100", "name the one at which control nodes reach it"),
        ("203.0.113.7:0", "EDGE_NODE_BIND: cannot listen on 203.0.113.7:0"),
        ("9100", "EDGE_NODE_BIND: must be host:port"),
    ):
        shell = Shell({"EDGE_NODE_BIND": address})
        assert said in shell.refused("serve", "--data-dir", str(tmp_path / "data"), "--port", "0")
    assert not (tmp_path / "data" / "edgewise.db").exists()


def test_requests_leave_no_line_in_the_log_and_no_key_of_theirs(pair: Served) -> None:
    (url, *_) = urls(pair).values()
    before = len(pair.log.read_text().splitlines())
    for _ in range(50):
        for base in (pair.url, url):
            assert get(base + PATH).status_code == 200
            assert get(f"{base}/v1/projects/wk_nobody_has_this/settings").status_code == 404
        get(f"{url}/metrics")
    lines = pair.log.read_text().splitlines()
    assert len(lines) < before + 10
    assert not any(KEY in line or "wk_nobody_has_this" in line for line in lines)


def _free_port() -> int:
    """One with free ones after it, most likely."""
    with bind_tcp("127.0.0.1", 0, "EDGE_PORT") as listener:
        return port_of(listener)
