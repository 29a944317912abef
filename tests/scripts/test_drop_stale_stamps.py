"""A stamp under .make/ stays only while what it vouches for is there."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parent.parent.parent / "scripts" / "drop-stale-stamps.sh"
STAMPS = {"python", "node", "packages", "assets"}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder in which everything was set up; its path has a space, as anybody's may."""
    root = tmp_path / "a checkout"
    for folder in ("scripts", ".make", "loader/node_modules", "edge/assets"):
        (root / folder).mkdir(parents=True)
    shutil.copy(SCRIPT, root / "scripts")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", root / ".venv"], check=True)
    for program in ("node", "npm"):
        (root / ".venv/bin" / program).write_text("#!/bin/sh\n")
        (root / ".venv/bin" / program).chmod(0o755)
    for stamp in STAMPS:
        (root / ".make" / stamp).touch()
    return root


def stamps_left(root: Path) -> set[str]:
    subprocess.run(["/bin/sh", root / "scripts" / SCRIPT.name], check=True)
    return {path.name for path in (root / ".make").iterdir()}


def test_what_is_there_keeps_its_stamps(checkout: Path) -> None:
    assert stamps_left(checkout) == STAMPS


@pytest.mark.parametrize(
    ("gone", "dropped"),
    [
        (".venv/bin/python", {"python", "node"}),
        ("loader/node_modules", {"packages"}),
        ("edge/assets", {"assets"}),
    ],
)
def test_what_is_gone_loses_its_stamp(checkout: Path, gone: str, dropped: set[str]) -> None:
    path = checkout / gone
    path.unlink() if path.is_symlink() else shutil.rmtree(path)
    assert stamps_left(checkout) == STAMPS - dropped


def test_an_environment_that_was_moved_with_its_folder_is_made_again(checkout: Path) -> None:
    moved = checkout.rename(checkout.with_name("moved"))
    assert stamps_left(moved) == {"packages", "assets"}
