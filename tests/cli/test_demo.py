"""`edgewise demo`: what it prints can be copied, and nothing that somebody needs is touched."""

import html
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from edge.cli import demo
from edge.cli.demo import embedded
from edge.demo.content import SITE_KEY
from edge.settings import Settings
from tests.cli.processes import DEADLINE, Served, environment, served
from tests.cli.shell import Shell


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A directory for the PATH in which a shell finds this ``edgewise``, and this Python as ``python3``."""
    directory = tmp_path / "bin"
    directory.mkdir()
    python = shlex.quote(sys.executable)
    run = shlex.quote("from edge.cli.main import run; run()")
    for name, arguments in (("edgewise", f"-c {run}"), ("python3", "")):
        program = directory / name
        program.write_text(f'#!/bin/sh\nexec {python} {arguments} "$@"\n')
        program.chmod(0o755)
    return directory


def in_shell(command: str, programs: Path) -> str:
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["sh", "-ec", command],
        env=environment(PATH=path),
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def curl(command: str, token: str) -> dict[str, Any]:
    """What curl would send, as arguments of ``httpx.request``."""
    words = shlex.split(command.replace("$TOKEN", token))
    assert words[:2] == ["curl", "-i"]
    (url,) = (word for word in words if word.startswith("http"))
    words.remove(url)
    options = list(zip(words[2::2], words[3::2], strict=True))
    headers = dict(value.split(": ", 1) for name, value in options if name == "-H")
    given = dict(options)
    return {"method": given["-X"], "url": url, "headers": headers, "content": given["-d"]}


def published(edge: Served) -> set[str]:
    manifest = httpx.get(f"{edge.url}/v1/projects/{SITE_KEY}/settings").raise_for_status().json()
    return {plugin["name"] for plugin in manifest["remotePlugins"]}


def test_the_commands_on_the_page_do_what_they_say_when_they_are_copied(tmp_path: Path, programs: Path) -> None:
    with served(tmp_path / "demo data", command="demo") as edge:
        shown = re.findall(r"<pre[^>]*>(.*?)</pre>", httpx.get(edge.said["demo"]).text, re.DOTALL)
        disable, enable, token, change = map(html.unescape, shown)
        in_shell(disable, programs)
        assert "Amplitude" not in published(edge)
        in_shell(enable, programs)
        assert "Amplitude" in published(edge)
        in_shell(disable, programs)
        bearer = in_shell(f'{token}; printf %s "$TOKEN"', programs)
        httpx.request(**curl(change, bearer)).raise_for_status()
        assert "Amplitude" in published(edge)


def test_a_demo_that_is_started_again_is_as_it_was_left(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with served(data, command="demo", anew=True) as edge:
        update = ("destination", "update", "demo/site/amplitude", "--disable", "--wait", "20s")
        Shell({"EDGE_DATA_DIR": str(data)}).ok(*update)
        left = published(edge)
    with served(data, command="demo") as edge:
        assert published(edge) == left


def test_the_demo_takes_nothing_from_an_environment_that_names_somebodys_edge(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    somebodys = {
        "DATA_DIR": str(tmp_path / "theirs"),
        "DATABASE_URL": "postgresql+asyncpg://somebody@db.example/edgewise",
        "API_HOST": "events.example/v1",
        "FRONT": "nginx",
        "ADMIN_BIND": "127.0.0.1:8081",
        "UDS": str(tmp_path / "edge.sock"),
        "WORKERS": "4",
        "BROWSER_MAX_AGE": "600",
    }
    for name, value in somebodys.items():
        monkeypatch.setenv(f"EDGE_{name}", value)
    settings = embedded(Settings(), demo.own_directory())
    assert (settings.database_url, settings.api_host, settings.front) == (None, None, "none")
    assert (settings.admin_bind, settings.uds, settings.workers) == (None, None, 1)
    assert (settings.browser_max_age, settings.browser_revalidate) == (1, 2)
    assert settings.data_dir != tmp_path / "theirs"


def test_without_a_directory_the_demos_store_is_not_the_default_one_either() -> None:
    assert demo.own_directory() != Settings.model_fields["data_dir"].get_default(call_default_factory=True)


def test_what_is_printed_says_the_page_the_browsers_share_and_how_to_change(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    demo.announce(embedded(Settings(), tmp_path), as_json=False)
    said = capsys.readouterr()
    words = " ".join((said.out + said.err).split())
    assert "http://127.0.0.1:8080/demo" in words
    assert "for 1 s, and 2 s more" in words
    assert "destination update demo/site/amplitude --disable" in words
