"""The ledger on the disk: whole or not there, merged with what other workers wrote, and never believed damaged."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from edge.cache.ledger import Ledger
from edge.cache.ledger_file import LedgerFile
from edge.model.instant import Instant
from tests.cache.kept import NOW, place
from tests.store.processes import together

KNOWN = Ledger(place(7), NOW, 2, {"source:s1": 5}, {"all": 3}, ("e0",))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "copies" / "journal.json"


@pytest.fixture
def file(path: Path) -> LedgerFile:
    return LedgerFile(path, "boot")


def test_what_is_written_is_read_by_the_next_process(file: LedgerFile, path: Path) -> None:
    assert file.read(NOW) is None
    assert file.merge(KNOWN, NOW) == KNOWN
    assert LedgerFile(path, "boot").read(NOW) == KNOWN


def test_after_another_boot_the_proof_is_as_old_as_the_wall_clock_says(file: LedgerFile, path: Path) -> None:
    file.merge(KNOWN, NOW)
    read = LedgerFile(path, "another").read(Instant(NOW.wall + 60, 5.0))
    assert read == replace(KNOWN, proven_at=Instant(NOW.wall, -55.0))


def test_what_another_worker_wrote_is_kept_and_learned(file: LedgerFile, path: Path) -> None:
    LedgerFile(path, "boot").merge(replace(KNOWN, cursor=place(9), revoked={"loader": 9}), NOW)
    learned = file.merge(KNOWN, NOW)
    assert (learned.cursor, learned.revoked) == (place(9), {"all": 3, "loader": 9})
    assert file.read(NOW) == learned


def test_what_is_known_already_is_not_written_again(file: LedgerFile, path: Path) -> None:
    file.merge(KNOWN, NOW)
    before = path.stat().st_ino
    file.merge(KNOWN, NOW)
    assert path.stat().st_ino == before


def test_replacing_forgets_the_other_journal_but_that_it_was_there(file: LedgerFile) -> None:
    file.merge(KNOWN, NOW)
    mine = Ledger(place(2, "e2"), NOW, 1, {}, {})
    assert file.replace(mine, NOW) == replace(mine, past=("e0", "e1"))
    assert file.replace(replace(mine, cursor=place(1, "e2")), NOW).past == ("e0", "e1")


def test_every_damaged_byte_makes_it_none(file: LedgerFile, path: Path) -> None:
    file.merge(KNOWN, NOW)
    whole = path.read_bytes()
    for at in range(len(whole)):
        damaged = bytearray(whole)
        damaged[at] ^= 1
        path.write_bytes(damaged)
        assert file.read(NOW) in (None, KNOWN), damaged


def test_a_revoke_struck_out_by_hand_makes_it_none(file: LedgerFile, path: Path) -> None:
    file.merge(KNOWN, NOW)
    document = json.loads(path.read_bytes())
    document["ledger"]["revoked"] = {}
    path.write_text(json.dumps(document))
    assert file.read(NOW) is None


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"digest":"","ledger":{}}', b"\xff"])
def test_what_is_no_ledger_is_none_and_is_written_over(file: LedgerFile, path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    assert file.read(NOW) is None
    assert file.merge(KNOWN, NOW) == KNOWN
    assert file.read(NOW) == KNOWN


def test_a_disk_that_refuses_raises(file: LedgerFile, path: Path) -> None:
    path.parent.write_bytes(b"a file where the directory should be")
    with pytest.raises(OSError, match=r"File exists|Not a directory"):
        file.merge(KNOWN, NOW)
    file.remove()


def test_removed_is_none(file: LedgerFile) -> None:
    file.merge(KNOWN, NOW)
    file.remove()
    assert file.read(NOW) is None


async def learn(directory: Path, number: int) -> int:
    file = LedgerFile(directory / "journal.json", "boot")
    for position in range(1 + number, 100, 4):
        file.merge(Ledger(place(position), NOW, 0, {}, {f"source:{position}": position}), NOW)
    return number


def test_i20_no_worker_writes_a_revoke_of_another_over(tmp_path: Path) -> None:
    together(learn, tmp_path, 4)
    known = LedgerFile(tmp_path / "journal.json", "boot").read(NOW)
    assert known is not None
    assert known.revoked == {f"source:{position}": position for position in range(1, 100)}
    assert [name for name in os.listdir(tmp_path) if name.startswith(".new-")] == []
