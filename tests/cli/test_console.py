"""`edgewise console link` beside a running edge: what it prints signs in, at the address where the console is."""

import re
from pathlib import Path

import httpx

from tests.cli.processes import served
from tests.cli.shell import Shell


def test_a_printed_link_leads_to_the_admin_listener_and_signs_in(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with served(data, "--admin-bind", "127.0.0.1:0") as edge:
        done = Shell({}).run("--data-dir", str(data), "console", "link")
        assert done.exit_code == 0, done.stderr
        page, _, code = done.stdout.strip().partition("#")
        assert page == edge.said["console"] + "link"
        assert "one sign-in within 10m" in done.stderr
        with httpx.Client(trust_env=False) as client:
            form = client.get(page)
            token = re.search(r'name="csrf_token" value="([^"]+)"', form.text)
            assert token is not None
            origin = edge.said["console"].removesuffix("/console/")
            answer = client.post(page, data={"csrf_token": token[1], "code": code}, headers={"Origin": origin})
            assert answer.headers["Location"] == "/console/"
            assert "New workspace" in client.get(f"{origin}/console/workspaces").text
            assert client.get(f"{edge.url}/console/").status_code == 404
        log = edge.log.read_text(encoding="utf-8")
    assert code not in log
    assert token[1] not in log


def test_a_link_may_be_of_one_workspace_and_says_what_is_wrong_with_its_scopes(tmp_path: Path) -> None:
    shell = Shell({"EDGE_DATA_DIR": str(tmp_path / "data")})
    shell.ok("workspace", "create", "acme")
    made = shell.json("console", "link", "--workspace", "acme", "--scope", "workspace:read")
    assert "/console/link#" in made["url"]
    listed = shell.json("token", "list")["access_tokens"]
    assert [(one["description"], one["scopes"]) for one in listed] == [
        ("console sign-in link, not used yet", "workspace:read")
    ]
    assert "'everything' is no scope" in shell.refused("console", "link", "--scope", "everything")


def test_a_remote_edge_makes_no_link() -> None:
    remote = Shell({"EDGE_URL": "http://127.0.0.1:1", "EDGE_TOKEN": "t"})
    assert "works on the local store" in remote.refused("console", "link", code=2)
