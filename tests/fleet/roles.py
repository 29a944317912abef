"""Control and edge nodes as real processes, on one SQLite store and disks of their own."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from edge.observe.asking import NO_TLS
from tests.cli.processes import Served, served, until
from tests.cli.shell import Shell

KEY = "wk_first_key_0001"
SETTINGS = f"/v1/projects/{KEY}/settings"
LOADER = f"/analytics.js/v1/{KEY}/analytics.min.js"
STALE = "edgewise; fwd=stale; detail=store-unavailable"
LEASE = "2"


def make_store(directory: Path) -> str:
    """A store with one source and one destination; the token for edge nodes."""
    shell = Shell({"EDGE_DATA_DIR": str(directory)})
    shell.ok("workspace", "create", "acme")
    shell.ok("source", "create", "acme/site", "--type", "javascript", "--write-key", KEY)
    shell.ok("destination", "create", "acme/site/amplitude", "--set", f"apiKey={'0' * 32}", "--enable")
    return shell.ok("token", "create", "--instance", "--scope", "origin:read").strip()


@dataclass(frozen=True, slots=True)
class Fleet:
    """``directory`` has a store in ``control``; nodes are started by the test."""

    directory: Path
    token: str

    @property
    def store(self) -> Path:
        return self.directory / "control"

    @property
    def shell(self) -> Shell:
        """Commands on the store itself, beside whatever runs."""
        return Shell({"EDGE_DATA_DIR": str(self.store)})

    @contextmanager
    def control(self, port: int = 0, admin_port: int = 0, **env: str) -> Iterator[Served]:
        """A control node; further ones share the store, as processes of one machine can."""
        admin = f"127.0.0.1:{admin_port}"
        options = ("--role", "control", "--port", str(port), "--admin-bind", admin)
        with served(self.store, *options, env={"EDGE_LEASE": LEASE} | env) as node:
            yield node

    @contextmanager
    def edge(self, *origins: str, name: str = "edge", well: str = "/readyz", **env: str) -> Iterator[Served]:
        given = {"EDGE_LEASE": LEASE, "EDGE_ORIGIN_TOKEN": self.token, "EDGE_HOST_ID": name} | env
        options = ("--role", "edge", "--origin-url", ",".join(origins))
        with served(self.directory / name, *options, env=given, well=well) as node:
            yield node

    def change(self, word: str) -> None:
        self.shell.ok("destination", "update", "acme/site/amplitude", "--set", f"apiKey={word * 32}")

    def nodes(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.shell.json("status")["nodes"]
        return found


def copy_fleet(template: Path, directory: Path, token: str) -> Fleet:
    shutil.copytree(template, directory / "control")
    return Fleet(directory, token)


def admin_of(control: Served) -> str:
    return str(control.said["config_api"]).removesuffix("/v1beta")


def get(node: Served, path: str) -> httpx.Response:
    return httpx.get(f"{node.url}{path}", timeout=30, trust_env=False, verify=NO_TLS)


def api_key(node: Served) -> str:
    """The first letter of the destination's key, as the node publishes it."""
    answer = get(node, SETTINGS)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["remotePlugins"][0]["settings"]["apiKey"])[0]


def shows(node: Served, word: str) -> None:
    until(lambda: api_key(node) == word, f"{node.url} shows {word}")


def is_stale(node: Served, path: str = SETTINGS) -> bool:
    answer = get(node, path)
    return (answer.status_code, answer.headers.get("cache-status")) == (200, STALE)
