"""What `edgewise serve` warns of at start."""

from pathlib import Path
from typing import Any

import pytest

from edge.cli.cautions import cautions
from edge.cli.pair import PUBLIC_URL
from edge.cli.serve import announce
from edge.settings import Settings

HERE, REACHED = "http://127.0.0.1:8080", "https://cdn.example.com"
EDGE = {"role": "edge", "origin_token": "token", "public_url": HERE}


def settings_of(tmp_path: Path, given: dict[str, Any]) -> Settings:
    return Settings(data_dir=tmp_path, **given)


@pytest.mark.parametrize(
    "given",
    [
        {"host": "0.0.0.0", "public_url": HERE},
        {"host": "10.0.0.2", "public_url": "http://localhost:8080"},
        {"front": "nginx", "public_url": PUBLIC_URL},
        {"role": "control", "admin_bind": "10.0.0.1:8081", "public_url": HERE},
        {"role": "control", "admin_bind": "0.0.0.0:8081", "public_url": HERE},
        {"role": "control", "admin_bind": "[fd00::1]:8081", "public_url": "http://[::1]:8080"},
        {"role": "all", "admin_bind": "control.internal:8081", "public_url": HERE},
    ],
)
def test_a_node_that_makes_documents_for_others_is_warned_of_an_address_that_is_only_this_machines(
    tmp_path: Path, given: dict[str, Any]
) -> None:
    (said,) = cautions(settings_of(tmp_path, given))
    assert given["public_url"] in said
    assert "set EDGE_PUBLIC_URL" in said


@pytest.mark.parametrize(
    "given",
    [
        {"public_url": HERE},
        {"host": "0.0.0.0", "public_url": REACHED},
        {"role": "control", "admin_bind": "10.0.0.1:8081", "public_url": REACHED},
        {"role": "control", "admin_bind": "127.0.0.1:8081", "public_url": HERE},
        {"host": "10.0.0.2", "public_url": "http://10.0.0.2:8080"},
        {"uds": Path("/run/app.sock"), "host": "0.0.0.0", "public_url": HERE},
        {"role": "control", "origin_url": "http://10.0.0.1:8081", "public_url": REACHED},
    ],
)
def test_who_serves_this_machine_alone_or_has_said_what_browsers_reach_is_not_warned(
    tmp_path: Path, given: dict[str, Any]
) -> None:
    assert cautions(settings_of(tmp_path, given)) == []


@pytest.mark.parametrize(
    "given",
    [
        {"origin_url": "http://10.0.0.1:8081"},
        {"origin_url": "http://127.0.0.1:8081,http://control.internal:8081"},
        {"origin_url": "http://10.0.0.1:8081", "node_bind": "localhost:9000"},
        {"origin_url": "http://[fd00::1]:8081", "node_bind": "[::1]:0"},
    ],
)
def test_an_edge_node_that_its_control_node_cannot_ask_is_warned_with_the_setting(
    tmp_path: Path, given: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    settings = settings_of(tmp_path, EDGE | given)
    (said,) = cautions(settings)
    assert "set EDGE_NODE_BIND" in said
    assert settings.node_bind in said
    announce(settings, as_json=False)
    assert said in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize(
    "given",
    [
        {"origin_url": "http://127.0.0.1:8081,http://localhost:8082"},
        {"origin_url": "http://10.0.0.1:8081", "node_bind": "10.0.0.2:0"},
        # What stands in documents is for a control node to say.
        {"origin_url": "http://10.0.0.1:8081", "node_bind": "10.0.0.2:0", "host": "0.0.0.0"},
        {"origin_url": "http://10.0.0.1:8081", "node_bind": "10.0.0.2:0", "front": "nginx", "public_url": PUBLIC_URL},
    ],
)
def test_an_edge_node_is_not_warned_of_what_its_control_node_reaches_or_says(
    tmp_path: Path, given: dict[str, Any]
) -> None:
    assert cautions(settings_of(tmp_path, EDGE | given)) == []
