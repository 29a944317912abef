"""A file is whole or not there, whatever happens while it is written."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from edge.cache.disk import locked, put, remove

HOLDER = """
import sys
from pathlib import Path
from edge.cache.disk import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.mark.parametrize("durable", [False, True])
def test_what_is_put_is_there_and_private_and_nothing_else_is(tmp_path: Path, durable: bool) -> None:
    put(tmp_path / "deep" / "file", b"first", durable=durable)
    put(tmp_path / "deep" / "file", b"second", durable=durable)
    assert (tmp_path / "deep" / "file").read_bytes() == b"second"
    assert stat.S_IMODE((tmp_path / "deep" / "file").stat().st_mode) == 0o600
    assert os.listdir(tmp_path / "deep") == ["file"]


def test_a_write_that_fails_leaves_what_was_there_and_no_draft(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "file", b"first")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        put(tmp_path / "file", b"second", durable=True)
    assert (tmp_path / "file").read_bytes() == b"first"
    assert os.listdir(tmp_path) == ["file"]


def test_removing_what_is_not_there_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    assert remove(tmp_path / "file")
    assert not remove(tmp_path / "file")
    (tmp_path / "file").write_bytes(b"")
    assert not remove(tmp_path / "file" / "beneath")


def test_a_lock_ends_with_the_process_that_holds_it(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path / ".lock")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    process.kill()
    process.communicate()
    with locked(tmp_path / ".lock"):
        pass
