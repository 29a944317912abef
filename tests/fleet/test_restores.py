"""An older database in the place of the store: everybody notices, and what was lost is shown by nobody for long."""

import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from loadtest.fleet.edgewise import COMMAND, environment
from loadtest.fleet.fleet import running_as
from loadtest.fleet.postgres import Postgres
from tests.fleet.conftest import watched
from tests.fleet.faults import ALONE, BEHIND, CONTROL
from tests.fleet.judge import NGINX, Excuse
from tests.fleet.scene import PLAN, Scene
from tests.fleet.wired import WiredFleet

pytestmark = pytest.mark.timeout(300)

WITHOUT_A_STORE: list[tuple[Excuse, str]] = [("stale", name) for name in (ALONE, *BEHIND, CONTROL, NGINX)]
LOST = 3
"""Changes that an older store does not know."""


@pytest.fixture
def scene() -> Iterator[Scene]:
    """A fleet for each: a journal that went back leaves no way to where it was."""
    with running_as(WiredFleet, PLAN) as fleet, watched(fleet) as made:
        yield made


@dataclass(frozen=True, slots=True)
class Backup:
    """An older store, and the last position that it knows."""

    files: Path
    position: int


def backed_up(scene: Scene) -> Backup:
    """Change every source, copy the store, and change some again: that is what will be lost."""
    for source in scene.watched:
        scene.change(source)
    position = max(scene.history.committed())
    with scene.excused(WITHOUT_A_STORE):
        backup = Backup(postgres_of(scene).copy("kept"), position)
    for source in scene.watched[:LOST]:
        scene.change(source)
    scene.judge()
    return backup


def put_back(scene: Scene, backup: Backup, *, new_epoch: bool) -> None:
    begun = time.monotonic()
    postgres_of(scene).put_back(backup.files)
    if new_epoch:
        begin_epoch(scene)
    scene.history.replace(backup.position, begun, time.monotonic())


def postgres_of(scene: Scene) -> Postgres:
    assert scene.fleet.postgres is not None
    return scene.fleet.postgres


def begin_epoch(scene: Scene) -> None:
    """As docs/postgresql.md asks of whoever restored a database with its own tools."""
    settings = environment(scene.fleet.control.options.settings)
    subprocess.run([*COMMAND, "new-epoch", "--yes"], env=settings, check=True, capture_output=True, timeout=60)


@pytest.mark.parametrize("new_epoch", [True, False], ids=["with a new epoch", "carelessly"])
def test_i6_what_a_replaced_store_has_lost_is_shown_by_nobody_and_what_comes_after_it_arrives(
    scene: Scene, new_epoch: bool
) -> None:
    backup = backed_up(scene)
    with scene.excused(WITHOUT_A_STORE):
        put_back(scene, backup, new_epoch=new_epoch)
        scene.arrives()
        for source in scene.watched:
            scene.change(source)
    scene.live_everywhere()
    scene.judge()


def test_i6_a_node_that_was_cut_off_finds_another_journal_at_the_numbers_that_it_knows(scene: Scene) -> None:
    """Numbers alone would tell it that nothing happened but the last change:

    cut off at 12 ── the store goes back to 9, and on to 13 ── it comes back and asks for what is after 12: one entry
    """
    servers = [scene.fleet.taps[ALONE, server] for server in ("control", "redis")]
    backup = backed_up(scene)
    with scene.excused(WITHOUT_A_STORE):
        for tap in servers:
            tap.cut()
        put_back(scene, backup, new_epoch=False)
        assert len(scene.watched) > LOST
        for source in scene.watched:
            scene.write(source)
        for tap in servers:
            tap.heal()
    scene.live_everywhere()
    scene.judge()
