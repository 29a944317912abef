"""An older copy of the store, which takes the store's place: what was committed since is lost."""

import time
from dataclasses import dataclass
from pathlib import Path

from loadtest.fleet.edgewise import COMMAND, environment
from loadtest.fleet.postgres import Postgres
from loadtest.fleet.process import PATIENCE
from tests.fleet.faults import CONTROL
from tests.fleet.scene import Scene
from tests.support.forked import ended


@dataclass(frozen=True, slots=True)
class Backup:
    """An older store, and the last position that it knows."""

    files: Path
    position: int


def copied(scene: Scene) -> Backup:
    """As the store is now; it is away for a moment."""
    position = scene.head()
    return Backup(postgres_of(scene).copy(f"kept-{position}"), position)


def put_back(scene: Scene, backup: Backup, *, new_epoch: bool) -> None:
    """With a new epoch as docs/postgresql.md has it: nobody reads the older database before it has one."""
    begun = time.monotonic()
    tap = scene.fleet.taps[CONTROL, "postgres"]
    if new_epoch:
        tap.cut()
    postgres_of(scene).put_back(backup.files)
    if new_epoch:
        _begin_epoch(scene)
        tap.heal()
    scene.history.replace(backup.position, begun, time.monotonic())


def postgres_of(scene: Scene) -> Postgres:
    assert scene.fleet.postgres is not None
    return scene.fleet.postgres


def _begin_epoch(scene: Scene) -> None:
    settings = environment({**scene.fleet.control.options.settings, "EDGE_DATABASE_URL": postgres_of(scene).url})
    ended([*COMMAND, "new-epoch", "--yes"], settings, PATIENCE).check_returncode()
