"""A world made once and copied for each test: migrating and committing anew would be most of a test's time."""

import asyncio
import shutil
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from edge.store.roster import Roster
from tests.support.clock import HandClock
from tests.support.node import open_roster
from tests.support.world import World, make_world, open_world


def make_template(directory: Path) -> Path:
    """The data directory of a world at its second position, with an empty roster."""

    async def make() -> None:
        world, roster = await make_world(directory, HandClock()), await open_roster(directory)
        await world.close()
        await roster.close()

    _apart(make())
    return directory


def copy_world(template: Path, directory: Path, clock: HandClock) -> World:
    """A world of its own; every copy has the same epoch, and a clock that starts when the template was written."""
    shutil.copytree(template, directory, dirs_exist_ok=True)
    return open_world(directory, clock)


def prepare_database(directory: Path) -> None:
    """Make the tables of store and roster where ``directory`` has them, and begin an epoch."""

    async def prepare() -> None:
        world = open_world(directory)
        await world.store.prepare()
        await Roster(world.engine).prepare()
        await world.close()

    _apart(prepare())


def _apart(work: Coroutine[Any, Any, None]) -> None:
    """Run it in a loop of its own, whatever runs here."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, work).result()
