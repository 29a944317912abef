"""`edgewise status`: what a person reads of a fleet."""

import json
import os
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from edge.cli.output import show
from edge.cli.status import parts
from tests.cli.processes import COMMAND, DEADLINE, environment, served, until
from tests.cli.shell import Shell
from tests.support.forked import Forked

NODE: Mapping[str, Any] = {
    "node": "0123456789abcdef",
    "host": "edge-1",
    "role": "all",
    "state": "live",
    "cursor": 7,
    "lag": 2,
    "lag_seconds": 3.4,
    "build": "1.0",
    "url": "http://127.0.0.1:9100",
    "started_at": "",
    "reported_at": "",
    "heard_seconds": 0.4,
}
FLEET: Mapping[str, Any] = {
    "version": "1.1",
    "epoch": "e1",
    "head": 9,
    "store": "postgresql",
    "redis": "unreachable",
    "builds": {"1.0": 2, "1.1": 1},
    "nodes": [NODE],
    "hosts": [
        {"host": "edge-1", "front": "nginx", "nodes": 1, "acked": 7, "pending": 2, "last_error": "refused"},
        {"host": "edge-2", "front": "none", "nodes": 1, "acked": None, "pending": 0, "last_error": None},
    ],
    "auditor": {"state": "running", "node": "fedcba9876543210", "at": "", "findings": []},
    "problems": [{"code": "front_failing", "message": "The nginx of edge-1 fails. Mend it."}],
}


def shown(found: Mapping[str, Any], capsys: pytest.CaptureFixture[str]) -> str:
    for part in parts(found):
        show(part)
    return capsys.readouterr().out


def test_nodes_fronts_versions_and_what_is_wrong_are_on_one_page(capsys: pytest.CaptureFixture[str]) -> None:
    said = shown(FLEET, capsys)
    for expected in (
        "01234567",
        "2 (3 s)",
        "postgresql",
        "unreachable",
        "running fedcba98",
        "1.0: 2 nodes, 1.1: 1 nodes",
        "! The nginx of edge-1 fails. Mend it.",
    ):
        assert expected in said
    assert "edge-2" not in said, "a host without a front has nothing to show of one"


def test_a_fleet_that_is_well_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    said = shown({**FLEET, "problems": [], "builds": {"1.0": 1}}, capsys)
    assert "Nothing is wrong." in said
    assert "versions" not in said


def test_what_comes_from_a_node_never_commands_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    said = shown({**FLEET, "problems": [{"code": "x", "message": "bad \x1b[31m host"}]}, capsys)
    assert "\x1b" not in said


def test_watching_is_for_people(shell: Shell) -> None:
    assert "--watch is for people" in shell.refused("status", "--watch", "--json", code=2)


def test_watching_looks_again_until_it_is_interrupted(data_dir: Path) -> None:
    with served(data_dir) as edge:
        watching = Forked(
            [*COMMAND, "status", "--watch"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(EDGE_DATA_DIR=str(edge.said["data_dir"])),
            stdin=subprocess.DEVNULL,
        )
        try:
            assert watching.stdout is not None
            seen = 0
            while seen < 2:
                line = os.fsdecode(watching.stdout.readline())
                assert line, "it ended by itself"
                seen += line.startswith("head")
            watching.send_signal(signal.SIGINT)
            _, errors = watching.communicate(timeout=DEADLINE)
        finally:
            if watching.poll() is None:
                watching.kill()
                watching.communicate()
    assert watching.returncode == 130
    assert b"Traceback" not in errors


def test_status_of_a_running_edge_has_its_auditor_and_nothing_wrong(data_dir: Path) -> None:
    with served(data_dir, "--workers", "2") as edge:
        shell = Shell({"EDGE_DATA_DIR": str(edge.said["data_dir"])})

        def state() -> str:
            return str(shell.json("status")["auditor"]["state"])

        until(lambda: state() == "running", "a round of the auditor")
        until(lambda: len(shell.json("status")["nodes"]) == 2, "both workers in the roster")
        found = shell.json("status")
        assert {node["node"] for node in found["nodes"]} > {found["auditor"]["node"]}
        assert found["problems"] == []
        assert json.dumps(found)
