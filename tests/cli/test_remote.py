"""One code path: a remote edge and the local store answer and refuse alike."""

import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from edge.cli.listeners import bind_tcp, port_of
from tests.cli.conftest import KEY
from tests.cli.processes import Served, served
from tests.cli.shell import Shell

ALL = "workspace:read workspace:write cache:purge tokens:admin"
API_KEY = "0123456789abcdef0123456789abcdef"


@pytest.fixture(scope="module")
def edge(filled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A running edge with a store of its own, shared by this module."""
    data_dir = tmp_path_factory.mktemp("remote") / "data"
    local = Shell({"EDGE_DATA_DIR": str(data_dir)})
    local.ok("workspace", "create", "acme")
    local.ok("workspace", "create", "rival")
    local.ok("source", "create", "acme/site", "--type", "javascript", "--write-key", KEY)
    local.ok("source", "create", "rival/site", "--type", "javascript", "--write-key", "rival_first_key_01")
    with served(data_dir) as running:
        yield running


@pytest.fixture
def local(edge: Served) -> Shell:
    return Shell({"EDGE_DATA_DIR": str(edge.said["data_dir"])})


def remote_with(edge: Served, local: Shell, scope: str = ALL) -> Shell:
    token = local.ok("token", "create", "--workspace", "acme", "--scope", scope).strip()
    return Shell({"EDGE_URL": edge.url, "EDGE_TOKEN": token})


@pytest.fixture
def remote(edge: Served, local: Shell) -> Shell:
    return remote_with(edge, local)


def test_both_give_the_same_answers(local: Shell, remote: Shell) -> None:
    for command in (
        ["workspace", "show", "acme"],
        ["source", "list", "acme"],
        ["source", "show", "acme/site"],
        ["write-key", "list", "acme/site"],
        ["destination", "list", "acme/site"],
        ["catalog", "list"],
        ["catalog", "show", "amplitude"],
        ["catalog", "sources"],
        ["explain", KEY],
        ["snippet", KEY],
    ):
        assert local.json(*command) == remote.json(*command)
        assert local.ok(*command) == remote.ok(*command)


def test_both_give_the_same_refusals(local: Shell, remote: Shell) -> None:
    for command in (
        ["source", "show", "acme/nothing"],
        ["source", "create", "acme/site", "--type", "javascript"],
        ["source", "create", "acme/app", "--type", "windows"],
        ["destination", "create", "acme/site/amplitude", "--enable"],
        ["destination", "create", "acme/site/amplitude", "--set", "apyKey=1"],
        ["purge", "--tag", "nothing"],
        ["receipt", "99999"],
        ["catalog", "show", "no-such-tool"],
        ["token", "create", "--workspace", "acme", "--scope", "everything"],
    ):
        assert local.refused(*command) == remote.refused(*command)


def test_a_write_is_waited_for_until_it_is_live_and_then_is_what_visitors_get(edge: Served, remote: Shell) -> None:
    create = ["destination", "create", "acme/site/amplitude", "--set", f"apiKey={API_KEY}", "--enable"]
    made = remote.json(*create, "--wait", "20s")
    assert made["receipt"] in ("live", "settled")
    settings = httpx.get(f"{edge.url}/v1/projects/{KEY}/settings").json()
    assert settings["integrations"].keys() >= {"Segment.io"}
    assert API_KEY in str(settings)
    receipt = remote.json("receipt", str(made["position"]))
    assert receipt["state"] in ("live", "settled")
    assert "live on every node" in remote.ok("destination", "delete", "acme/site/amplitude", "--yes", "--wait", "20s")
    assert API_KEY not in httpx.get(f"{edge.url}/v1/projects/{KEY}/settings").text


def test_a_purge_that_is_waited_for_ends_well_when_it_is_live(remote: Shell, local: Shell) -> None:
    for shell in (remote, local):
        for options in (["--wait", "20s"], ["--settled"]):
            purged = shell.json("purge", "--source", "acme/site", *options)
            assert purged["state"] == "settled"
            assert "settled" in shell.ok("receipt", str(purged["position"]), *options)


def test_a_local_write_is_live_on_a_running_edge_too(edge: Served, local: Shell) -> None:
    changed = local.json("source", "update", "acme/site", "--api-host", "local.example/v1", "--wait", "20s")
    assert changed["receipt"] in ("live", "settled")
    assert "local.example" in httpx.get(f"{edge.url}/v1/projects/{KEY}/settings").text
    local.ok("source", "update", "acme/site", "--api-host", "")


def test_status_shows_the_node_and_its_cursor(local: Shell, remote: Shell) -> None:
    for shell in (local, remote):
        (node,) = shell.json("status")["nodes"]
        assert node["state"] == "live"
        assert "live" in shell.ok("status")


def test_a_token_of_one_workspace_does_not_see_another(edge: Served, local: Shell, remote: Shell) -> None:
    assert [one["name"] for one in remote.json("workspace", "list")["workspaces"]] == ["workspaces/acme"]
    assert "workspaces/rival was not found" in remote.refused("source", "list", "rival")
    assert "not found" in remote.refused("explain", "rival_first_key_01")
    assert len(local.json("workspace", "list")["workspaces"]) == 2


def test_a_missing_scope_is_named(edge: Served, local: Shell) -> None:
    reader = remote_with(edge, local, "workspace:read")
    said = reader.refused("source", "create", "acme/other", "--type", "javascript")
    assert "lacks the scope workspace:write" in said
    assert "edgewise token create" in said


def test_a_token_that_is_not_valid_is_refused_and_never_repeated(edge: Served) -> None:
    said = Shell({"EDGE_URL": edge.url, "EDGE_TOKEN": "hunter2.hunter2.hunter2"}).refused("status")
    assert "this token is not valid here" in said
    assert "hunter2" not in said


def test_the_address_may_be_the_base_of_the_config_api_itself(edge: Served, remote: Shell) -> None:
    for url in (f"{edge.url}/", f"{edge.url}/v1beta", f"{edge.url}/v1beta/"):
        assert Shell({**remote.env, "EDGE_URL": url}).json("workspace", "show", "acme")["name"] == "workspaces/acme"


def test_an_address_without_a_token_says_what_to_set(edge: Served) -> None:
    for env in ({"EDGE_URL": edge.url}, {"EDGE_URL": edge.url, "EDGE_TOKEN": " "}):
        assert "Set EDGE_TOKEN" in Shell(env).refused("status")


def test_an_address_that_is_none_is_named() -> None:
    assert "EDGE_URL: must be http://" in Shell({"EDGE_URL": "edge.example", "EDGE_TOKEN": "x"}).refused("status")


def test_an_edge_that_is_not_there_says_so() -> None:
    with bind_tcp("127.0.0.1", 0, "EDGE_PORT") as listener:
        url = f"http://127.0.0.1:{port_of(listener)}"
    said = Shell({"EDGE_URL": url, "EDGE_TOKEN": "x"}).refused("status")
    assert f"cannot reach {url}" in said
    assert "Unset EDGE_URL" in said


class Other(http.server.BaseHTTPRequestHandler):
    """Something else than an edge: a page for every path."""

    def do_GET(self) -> None:
        self.send_response(404 if "missing" in self.path else 200)
        self.end_headers()
        self.wfile.write(b"<html>hello</html>")

    def log_message(self, *_arguments: object) -> None:
        """Quiet."""


@pytest.fixture
def other() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Other) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_an_address_of_something_else_says_so(other: str) -> None:
    shell = Shell({"EDGE_URL": other, "EDGE_TOKEN": "x"})
    assert "is not the Config API of an edge" in shell.refused("status")
    assert "the edge answered 404 Not Found" in shell.refused("workspace", "show", "missing")


def test_a_data_directory_given_by_hand_means_the_local_store(edge: Served, data_dir: Path) -> None:
    shell = Shell({"EDGE_URL": edge.url, "EDGE_TOKEN": "x"})
    assert shell.json("--data-dir", str(data_dir), "source", "list", "acme")["sources"]


@pytest.mark.parametrize("command", ["backup x", "restore x", "token create --instance --scope workspace:read"])
def test_what_touches_the_files_of_a_store_is_refused_with_a_remote_address(command: str) -> None:
    said = Shell({"EDGE_URL": "http://127.0.0.1:1", "EDGE_TOKEN": "x"}).refused(*command.split(), code=2)
    assert "works on the local store" in said


def test_the_snippet_names_the_address_that_the_edge_was_last_served_at(edge: Served, local: Shell) -> None:
    assert f'"{edge.url}"' in local.ok("snippet", KEY)
    elsewhere = Shell({**local.env, "EDGE_PUBLIC_URL": "https://cdn.example.com"})
    assert '"https://cdn.example.com"' in elsewhere.ok("snippet", KEY)
