"""Copies as a node uses them: last known good and no more, judged by what is known of the journal."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from edge.cache.copy_files import CopyFiles
from edge.cache.disk_queue import DiskQueue
from edge.cache.ledger_file import LedgerFile
from edge.cache.reading import Spare
from edge.cache.room import Bounds, Room
from edge.cache.shelf import Shelf
from edge.publish.publication import Publication
from tests.cache.kept import OTHER, WANTED, document, missing, word_of
from tests.cache.scene import Journal, Scene
from tests.cache.stage import entry_at
from tests.support.clock import HandClock

pytestmark = pytest.mark.anyio


@dataclass
class Process:
    """One process of a host: a recorder told by the test, and the shelf beside it."""

    scene: Scene
    shelf: Shelf
    queue: DiskQueue
    files: CopyFiles

    async def keep(self, position: int, **more: str) -> None:
        self.shelf.keep(WANTED, document(position, **more), self.scene.clock())
        await self.queue.drain()

    async def restored(self) -> Spare[Publication] | None:
        found = await self.shelf.restored(WANTED)
        await self.queue.drain()
        return found

    async def word(self) -> str | None:
        spare = await self.restored()
        return word_of(spare.found) if spare is not None else None

    async def synced(self, revoked: dict[str, int] | None = None) -> None:
        self.scene.sync(revoked)
        await self.scene.recorder.secure()
        self.scene.heard()


Begin = Callable[..., Process]


@pytest.fixture
def begin(tmp_path: Path, clock: HandClock) -> Begin:
    """Begins a process on the same directory, each after the one before it."""

    def make(journal: Journal | None = None) -> Process:
        scene = Scene(tmp_path / "copies", journal or Journal(5), clock)
        files, queue = CopyFiles(tmp_path / "copies", "build", "boot"), DiskQueue(scene.stats)
        scene.recorder._empty = files.empty
        room = Room(files.all, Bounds(1 << 20, 100), lambda: clock().wall)
        shelf = Shelf(files, room, queue, scene.recorder, scene.floors, clock=clock, stats=scene.stats)
        return Process(scene, shelf, queue, files)

    return make


@pytest.fixture
async def first(begin: Begin) -> Process:
    """Synced at position 5, with a copy as of it."""
    process = begin()
    await process.synced()
    await process.keep(5)
    return process


async def test_what_was_kept_is_restored_by_the_next_process_with_nothing_else_up(begin: Begin, first: Process) -> None:
    next_process = begin()
    assert await next_process.word() == "5"
    assert next_process.scene.stats.copies_restored == 1


async def test_what_was_never_kept_is_not_restored(begin: Begin, first: Process) -> None:
    assert await first.shelf.restored(OTHER) is None


async def test_a_copy_is_as_old_as_the_last_proof_that_it_passed(
    begin: Begin, first: Process, clock: HandClock
) -> None:
    clock.advance(100)
    first.scene.heard()
    await first.scene.recorder.save()
    proven_at = clock()
    clock.advance(100)
    spare = await begin().restored()
    assert spare is not None
    assert spare.confirmed_at == proven_at


async def test_below_the_base_a_copy_is_as_old_as_when_it_was_written(
    begin: Begin, first: Process, clock: HandClock
) -> None:
    """Purges of which nobody here has heard may lie between."""
    written_at = clock()
    clock.advance(100)
    later = begin(Journal(90))
    await later.synced()
    assert later.scene.floors.copy().base == 90
    spare = await later.restored()
    assert spare is not None
    assert spare.confirmed_at == written_at


async def test_i20_a_copy_below_a_floor_is_dropped_not_served(begin: Begin, first: Process) -> None:
    first.scene.apply(entry_at(6, "source:s1"))
    await first.scene.recorder.save()
    process = begin()
    assert await process.word() is None
    assert list(process.files.all()) == []
    assert process.scene.stats.copies_refused == 1


async def test_i20_a_purge_that_is_not_written_down_yet_counts_too(first: Process) -> None:
    first.scene.apply(entry_at(6, "source:s1"))
    assert await first.word() is None


async def test_i20_a_revoked_copy_is_never_restored_whatever_is_down(begin: Begin, first: Process) -> None:
    first.scene.apply(entry_at(6, "all", verb="revoke"))
    await first.scene.recorder.secure()
    assert await begin().word() is None


async def test_i20_a_revoke_of_another_time_is_learned_at_the_next_sync_before_it_is_reported(
    begin: Begin, first: Process
) -> None:
    journal = Journal(9)
    process = begin(journal)
    assert await process.word() == "5"
    await process.synced(revoked={"source:s1": 7})
    assert await process.word() is None
    assert await begin(journal).word() is None


async def test_a_newer_copy_outlives_the_purge_that_made_it(begin: Begin, first: Process) -> None:
    first.scene.apply(entry_at(6, "source:s1"))
    await first.keep(6)
    await first.scene.recorder.save()
    assert await begin().word() == "6"


async def test_no_such_key_leaves_no_copy(begin: Begin, first: Process) -> None:
    first.shelf.keep(WANTED, missing(5), first.scene.clock())
    await first.queue.drain()
    assert await begin().word() is None


async def test_copies_without_a_ledger_are_not_served(begin: Begin, first: Process, tmp_path: Path) -> None:
    LedgerFile(tmp_path / "copies" / "journal.json", "boot").remove()
    assert await begin().word() is None


async def test_copies_of_another_journal_are_gone_when_it_is_noticed(begin: Begin, first: Process) -> None:
    process = begin(Journal(9, life="restored-"))
    assert await process.word() == "5"
    await process.synced()
    assert await process.word() is None
    assert list(process.files.all()) == []


async def test_between_noticing_another_epoch_and_emptying_nothing_is_served(begin: Begin, first: Process) -> None:
    process = begin(Journal(9, epoch="e2"))
    process.scene.sync()
    assert await process.word() is None


async def test_a_damaged_copy_is_refused_removed_and_replaced_by_the_next(begin: Begin, first: Process) -> None:
    (path,) = first.files.all()
    path.write_bytes(path.read_bytes()[:-1])
    assert await first.word() is None
    assert (list(first.files.all()), first.scene.stats.copies_refused) == ([], 1)
    await first.keep(5)
    assert await first.word() == "5"


async def test_a_disk_that_cannot_be_read_is_no_copy_and_is_counted(
    first: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(CopyFiles, "read", broken)
    assert await first.word() is None
    assert first.scene.stats.copies_failed == 1


async def test_a_copy_of_unknown_age_is_served_only_if_the_ledger_says_since_when_it_was_good(
    begin: Begin, first: Process, clock: HandClock, tmp_path: Path
) -> None:
    """The machine was started again, and its clock set back meanwhile."""
    elsewhere = CopyFiles(tmp_path / "copies", "build", "an earlier boot")
    (path,) = first.files.all()
    path.unlink()
    clock.step_wall(3600)
    elsewhere.write(WANTED, document(5), clock(), clock())
    clock.step_wall(-3600)
    await first.scene.recorder.save()
    proven_at = clock()
    spare = await begin().restored()
    assert spare is not None
    assert spare.confirmed_at == proven_at


async def test_a_copy_of_unknown_age_below_the_base_is_not_served(
    begin: Begin, first: Process, clock: HandClock, tmp_path: Path
) -> None:
    (path,) = first.files.all()
    path.unlink()
    clock.step_wall(3600)
    CopyFiles(tmp_path / "copies", "build", "an earlier boot").write(WANTED, document(3), clock(), clock())
    clock.step_wall(-3600)
    assert first.scene.floors.copy().base == 5
    assert await begin().word() is None
