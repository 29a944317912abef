"""Where nginx and its nodes meet, and whose that is."""

import os
import pwd
from pathlib import Path

import pytest

from edge.cli.errors import CliError
from edge.cli.pair import clear, command, furnish, paired
from edge.settings import Settings
from tests.cli.shell import Shell
from tests.delivery.paths import SETTINGS
from tests.support.nginx import nginx, short_directory
from tests.support.upstream import upstream

NOBODY = pwd.getpwnam("nobody")


def test_what_is_said_otherwise_is_left_as_it_is(tmp_path: Path) -> None:
    own = paired(Settings(front="nginx", uds=tmp_path / "own.sock", public_url="https://cdn.example.com"))
    assert (own.uds, own.public_url) == (tmp_path / "own.sock", "https://cdn.example.com")
    assert paired(Settings(front="nginx", port=9000)).uds is None
    without = Settings(front="none")
    assert paired(without) is without


def test_a_front_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "front").write_text("")
    said = Shell({}).refused("serve", "--data-dir", str(tmp_path / "data"), "--front", "nginx")
    assert f"EDGE_FRONT: {tmp_path / 'data' / 'front'}" in said
    assert "another data directory" in said


def test_root_starts_it_for_whom_the_data_directory_belongs_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(data_dir=tmp_path, front="nginx")
    words = ("nginx", "-p", ".", "-c", "/etc/nginx.conf")
    monkeypatch.setattr("edge.cli.pair.os.geteuid", lambda: 1000)
    assert command(settings, Path("/etc/nginx.conf")) == words
    monkeypatch.setattr("edge.cli.pair.os.geteuid", lambda: 0)
    assert command(settings, Path("/etc/nginx.conf")) == (*words, "-g", f"user {tmp_path.owner()};")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a directory to somebody else")
def test_root_makes_its_directories_for_them_too(tmp_path: Path) -> None:
    os.chown(tmp_path, NOBODY.pw_uid, NOBODY.pw_gid)
    furnish(Settings(data_dir=tmp_path, front="nginx"))
    assert {path.owner() for path in (tmp_path / "front").rglob("*")} == {"nobody"}
    os.chown(tmp_path, 54321, -1)
    with pytest.raises(CliError, match="belongs to 54321, who is no user of this machine"):
        command(Settings(data_dir=tmp_path, front="nginx"), Path("/etc/nginx.conf"))


def test_the_sockets_of_a_running_nginx_are_left_to_it() -> None:
    with short_directory() as made, upstream(made / "front" / "run" / "app.sock"), nginx(made / "front") as front:
        clear(Settings(data_dir=made, front="nginx"))
        with front.refreshing() as node, front.public() as client:
            assert (node.get(SETTINGS).status_code, client.get(SETTINGS).status_code) == (200, 200)
