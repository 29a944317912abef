"""What failed beside others passes alone, or the whole run fails."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "once-more.sh"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with one test that passes and one that fails, neither of which has run."""
    for directory in ("scripts", ".venv/bin"):
        (tmp_path / directory).mkdir(parents=True)
    shutil.copy(SCRIPT, tmp_path / "scripts")
    python = tmp_path / ".venv" / "bin" / "python"
    python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    (tmp_path / "pytest.ini").write_text("[pytest]\ncache_dir = .make/pytest\n")
    (tmp_path / "test_both.py").write_text("def test_right(): pass\ndef test_wrong(): assert False\n")
    return tmp_path


def once_more(project: Path, status: int, *failed: str) -> subprocess.CompletedProcess[str]:
    cache = project / ".make" / "pytest" / "v" / "cache"
    cache.mkdir(parents=True)
    (cache / "lastfailed").write_text(json.dumps(dict.fromkeys(failed, True)))
    words = ["sh", str(project / "scripts" / SCRIPT.name), str(status)]
    return subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)


def test_what_passes_alone_is_named_and_fails_nothing(project: Path) -> None:
    ended = once_more(project, 1, "test_both.py::test_right")
    assert ended.returncode == 0
    assert "Failed beside others, and are run once more, alone:\n    test_both.py::test_right\n" in ended.stdout
    assert "1 passed" in ended.stdout


def test_what_fails_alone_too_fails_the_run(project: Path) -> None:
    assert once_more(project, 1, "test_both.py::test_right", "test_both.py::test_wrong").returncode == 1


def test_many_at_once_are_not_run_again(project: Path) -> None:
    ended = once_more(project, 1, *(f"test_both.py::test_right[{number}]" for number in range(9)))
    assert (ended.returncode, ended.stdout) == (1, "")


@pytest.mark.parametrize("status", [2, 3, 4, 5])
def test_a_run_that_did_not_come_to_its_end_is_not_mended(project: Path, status: int) -> None:
    ended = once_more(project, status, "test_both.py::test_right")
    assert (ended.returncode, ended.stdout) == (status, "")
