"""Claims about real nodes behind a real nginx: two workers, their leader killed, and all variants of all documents."""

import os
import signal
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from edge.cli.listeners import bind_tcp, port_of
from edge.publish.publication import PATHS
from tests.cli.processes import Served, children, served, until
from tests.cli.shell import Shell
from tests.support.fronted import VARIANTS
from tests.support.nginx import Nginx, nginx

KEY = "served_key_0001"
DESTINATION = "acme/site/amplitude"


@dataclass(frozen=True, slots=True)
class Stage:
    nginx: Nginx
    edge: Served
    shell: Shell
    visitor: httpx.Client

    def shown(self, slash: str = "/", by: Nginx | None = None) -> dict[tuple[str, str], tuple[str, int]]:
        """(document, encoding) -> what nginx made of it, and the position it is as of. ``by``: one started later."""
        found: dict[tuple[str, str], tuple[str, int]] = {}
        for kind, encoding in VARIANTS:
            path = PATHS[kind].format(key=KEY).replace("/", slash, 1)
            answer = self.visitor.get(f"{(by or self.nginx).url}{path}", headers={"Accept-Encoding": encoding})
            position = answer.headers.get("Edge-As-Of", ".-1").rpartition(".")[2]
            status = answer.headers.get_list("Cache-Status", split_commas=True)[-1]
            found[kind, encoding] = (status, int(position))
        return found

    def switch(self, word: str) -> int:
        """``--enable`` or ``--disable``; the position when it is live."""
        changed = self.shell.json("destination", "update", DESTINATION, word, "--wait", "30s")
        assert changed["receipt"] in ("live", "settled"), self.shell.json("receipt", str(changed["position"]))
        position: int = changed["position"]
        return position


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """Two workers behind one nginx, the front directory in the data directory; visitors come through nginx alone."""
    with tempfile.TemporaryDirectory(prefix="edge-") as name:
        data_dir = Path(name) / "data"
        shell = Shell({"EDGE_DATA_DIR": str(data_dir), "EDGE_FRONT": "nginx", "EDGE_HOST_ID": "web"})
        shell.ok("workspace", "create", "acme")
        shell.ok("source", "create", "acme/site", "--type", "javascript", "--write-key", KEY)
        shell.ok("destination", "create", DESTINATION, "--set", "apiKey=0123456789abcdef0123456789abcdef")
        with bind_tcp("127.0.0.1", 0, "a test's port") as free:
            admin = f"127.0.0.1:{port_of(free)}"
        environment = {"EDGE_HOST_ID": "web", "EDGE_PUBLIC_URL": "http://edge.test", "EDGE_ADMIN_BIND": admin}
        with (
            nginx(data_dir / "front") as running,
            served(data_dir, "--workers", "2", "--front", "nginx", env=environment) as edge,
            httpx.Client(timeout=20, trust_env=False) as visitor,
        ):
            made = Stage(running, edge, shell, visitor)
            until(lambda: len(nodes(shell)) == 2, "both workers follow")
            yield made


def nodes(shell: Shell) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = shell.json("status")["nodes"]
    return [node for node in found if node["lag"] == 0]


def test_i15_a_live_change_is_what_nginx_holds_in_every_document_encoding_and_spelling(stage: Stage) -> None:
    before = stage.shown()
    for word in ("--enable", "--disable", "--enable"):
        position = stage.switch(word)
        for slash in ("/", "//"):
            shown = stage.shown(slash)
            assert {status for status, _ in shown.values()} == {"nginx; hit"}
            assert all(as_of >= position for _, as_of in shown.values()), (position, shown)
    assert all(as_of < position for _, as_of in before.values())


def test_a_change_is_settled_after_its_rebound_and_its_host_is_told_apart_from_others_of_its_name(stage: Stage) -> None:
    position = stage.switch("--disable")
    receipt = stage.shell.json("receipt", str(position), "--settled")
    (host,) = receipt["hosts"]
    assert receipt["state"] == "settled"
    assert host["host"].startswith("web-")
    assert (host["front"]["kind"], host["front"]["done"], host["front"]["total"]) == ("nginx", 1, 1)
    assert host["front"]["rebound_at"] >= host["front"]["acked_at"] + 4


def test_i34_purging_everything_refreshes_what_nginx_holds_and_says_how_much_that_was(stage: Stage) -> None:
    stage.switch("--enable")
    stage.shown()
    purged = stage.shell.json("purge", "--tag", "all", "--wait", "30s")
    assert purged["state"] in ("live", "settled")
    assert (purged["hosts"][0]["front"]["done"], purged["hosts"][0]["front"]["total"]) == (1, 1)
    shown = stage.shown()
    assert {status for status, _ in shown.values()} == {"nginx; hit"}
    assert all(as_of >= purged["position"] for _, as_of in shown.values())


def test_a_change_is_live_though_a_worker_was_killed(stage: Stage) -> None:
    workers = [
        pid for pid in children(stage.edge.process.pid) if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()
    ]
    for victim in workers:
        os.kill(victim, signal.SIGKILL)
        position = stage.switch("--disable")
        assert all(as_of >= position for _, as_of in stage.shown().values())
        until(lambda: len(nodes(stage.shell)) == 2, "a new worker follows")
        stage.switch("--enable")


def test_i13_while_nginx_is_down_a_change_is_pending_and_says_so_and_live_when_it_is_back(stage: Stage) -> None:
    stage.nginx.end()
    changed = stage.shell.json("destination", "update", DESTINATION, "--disable", "--wait", "500ms")
    receipt = stage.shell.json("receipt", str(changed["position"]))
    assert (changed["receipt"], receipt["state"]) == ("pending", "pending")
    assert "nginx cannot be reached" in receipt["last_error"]
    with nginx(stage.nginx.directory) as again:
        followed = stage.shell.json("receipt", str(changed["position"]), "--wait", "30s")
        assert (followed["state"] != "pending", followed["last_error"]) == (True, None)
        assert all(as_of >= changed["position"] for _, as_of in stage.shown(by=again).values())
