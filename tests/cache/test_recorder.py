"""What must be on the disk before a cursor is reported, and whether the copies there are of this journal."""

import asyncio
from pathlib import Path

import pytest

from edge.cache.ledger import Ledger
from edge.cache.ledger_file import LedgerFile
from tests.cache.kept import TAGS, place
from tests.cache.scene import Journal, Scene
from tests.cache.stage import entry_at
from tests.support.clock import HandClock

pytestmark = pytest.mark.anyio


@pytest.fixture
def scene(tmp_path: Path, clock: HandClock) -> Scene:
    """A first process, synced and secured."""
    return Scene(tmp_path / "copies", Journal(5), clock)


async def start(scene: Scene) -> None:
    scene.sync()
    await scene.recorder.secure()
    scene.heard()


async def test_i20_a_revoke_is_on_the_disk_when_what_comes_before_a_report_is_done(scene: Scene) -> None:
    await start(scene)
    scene.apply(entry_at(6, "all", verb="revoke"))
    assert scene.on_disk() == scene.recorder.ledger
    await scene.recorder.secure()
    known = scene.on_disk()
    assert known is not None
    assert (known.cursor, known.revoked) == (place(6), {"all": 6})
    assert known.condemns(place(5), TAGS)


async def test_i20_revokes_from_before_this_process_are_on_the_disk_before_its_first_report(scene: Scene) -> None:
    scene.sync(revoked={"all": 4})
    await scene.recorder.secure()
    known = scene.on_disk()
    assert known is not None
    assert known.revoked == {"all": 4}


async def test_what_is_no_revoke_is_not_waited_for(scene: Scene) -> None:
    await start(scene)
    before = scene.on_disk()
    scene.apply(entry_at(6, "all"))
    await scene.recorder.secure()
    assert scene.on_disk() == before
    await scene.recorder.save()
    known = scene.on_disk()
    assert known is not None
    assert known.floors == {"all": 6}


async def test_the_proof_written_down_is_the_lease_that_was_held(scene: Scene, clock: HandClock) -> None:
    await start(scene)
    held = clock()
    clock.advance(3)
    scene.proof.proven_at = clock()
    await scene.recorder.save()
    known = scene.on_disk()
    assert known is not None
    assert known.proven_at == held


async def test_the_same_journal_is_recognised_by_the_entry_at_the_ledgers_cursor(
    scene: Scene, clock: HandClock
) -> None:
    await start(scene)
    scene.apply(entry_at(6, "all"))
    await scene.recorder.save()
    later = Scene(scene.directory, Journal(90), clock)
    later.sync()
    assert later.recorder.ledger == scene.on_disk()
    await later.recorder.secure()
    assert later.emptied == []
    known = later.on_disk()
    assert known is not None
    assert known.floors == {"all": 6}


REPLACED = {
    "another epoch": (Journal(9, epoch="e2"), "e2"),
    "another id at the cursor": (Journal(9, life="restored-"), None),
    "a head behind the cursor": (Journal(4), None),
}


@pytest.mark.parametrize("case", list(REPLACED))
async def test_another_journal_empties_the_copies_and_begins_a_ledger(
    scene: Scene, clock: HandClock, case: str
) -> None:
    await start(scene)
    scene.apply(entry_at(6, "all", verb="revoke"))
    await scene.recorder.secure()
    journal, besides = REPLACED[case]
    later = Scene(scene.directory, journal, clock)
    later.sync()
    await later.recorder.secure()
    assert later.emptied == [besides]
    known = later.on_disk()
    assert known is not None
    assert (known.cursor, known.revoked) == (later.proof.cursor, {})
    assert later.recorder.ledger == known


async def test_a_resync_of_a_running_node_empties_the_copies(scene: Scene) -> None:
    await start(scene)
    scene.journal.entries = [entry_at(position, life="restored-") for position in range(1, 9)]
    scene.sync()
    assert scene.recorder.ledger is None
    await scene.recorder.secure()
    assert scene.emptied == [None, None]
    assert scene.recorder.ledger == scene.on_disk()


async def test_copies_without_a_ledger_are_of_unknown_journal_and_are_removed(scene: Scene) -> None:
    assert scene.recorder.ledger is None
    await start(scene)
    assert scene.emptied == [None]


async def test_a_second_worker_that_starts_beside_the_first_removes_nothing(scene: Scene, clock: HandClock) -> None:
    """It looked at the disk before the first one wrote, and looks again when it matters."""
    second = Scene(scene.directory, scene.journal, clock)
    await start(scene)
    second.sync()
    await second.recorder.secure()
    assert (scene.emptied, second.emptied) == ([None], [])


async def test_nothing_is_reported_while_it_is_not_known_whether_the_journal_is_the_same(
    scene: Scene, clock: HandClock
) -> None:
    await start(scene)
    later = Scene(scene.directory, Journal(9, life="restored-"), clock)
    later.sync()
    later.journal.down = True
    with pytest.raises(ConnectionError):
        await later.recorder.secure()
    later.journal.down = False
    await later.recorder.secure()
    assert later.emptied == [None]


async def test_a_resync_while_the_disk_is_at_work_is_not_forgotten(scene: Scene) -> None:
    await start(scene)
    scene.apply(entry_at(6, "all", verb="revoke"))
    securing = asyncio.create_task(scene.recorder.secure())
    await asyncio.sleep(0)
    scene.journal.entries = [entry_at(position, life="restored-") for position in range(1, 9)]
    scene.sync()
    await securing
    assert scene.recorder.ledger is None
    await scene.recorder.secure()
    assert scene.emptied == [None, None]


async def test_i20_a_full_disk_that_cannot_take_a_revoke_loses_the_ledger_and_the_node_goes_on(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    await start(scene)

    def full(_self: LedgerFile, _ledger: Ledger) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(LedgerFile, "_write", full)
    scene.apply(entry_at(6, "all", verb="revoke"))
    await scene.recorder.secure()
    assert scene.on_disk() is None
    assert scene.stats.copies_failed == 1


async def test_i20_a_disk_that_takes_nothing_and_gives_nothing_back_holds_the_report_of_a_revoke(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    await start(scene)

    def refuse(*_arguments: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(LedgerFile, "_write", refuse)
    monkeypatch.setattr(LedgerFile, "remove", refuse)
    await scene.recorder.secure()
    scene.apply(entry_at(6, "all"))
    await scene.recorder.secure()
    scene.apply(entry_at(7, "all", verb="revoke"))
    for _ in range(2):
        with pytest.raises(OSError, match="Read-only"):
            await scene.recorder.secure()
    monkeypatch.undo()
    await scene.recorder.secure()
    known = scene.on_disk()
    assert known is not None
    assert known.revoked == {"all": 7}


async def test_a_disk_that_refuses_what_may_wait_is_counted_and_breaks_nothing(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    await start(scene)
    before = scene.on_disk()

    def full(_self: LedgerFile, _ledger: Ledger) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(LedgerFile, "_write", full)
    scene.apply(entry_at(6, "all"))
    await scene.recorder.save()
    assert (scene.on_disk(), scene.stats.copies_failed) == (before, 1)


async def test_two_workers_of_a_host_know_together_what_either_was_told(scene: Scene, clock: HandClock) -> None:
    await start(scene)
    second = Scene(scene.directory, scene.journal, clock)
    second.sync()
    await second.recorder.secure()
    scene.apply(entry_at(6, "all", verb="revoke"))
    await scene.recorder.secure()
    second.heard()
    await second.recorder.save()
    known = second.recorder.ledger
    assert known is not None
    assert known.revoked == {"all": 6}
