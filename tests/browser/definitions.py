"""Definitions with browser code of the tests' own.

They go into the store of a running edge as a release's do.
"""

from collections.abc import Sequence
from pathlib import Path

import anyio.from_thread

from edge.model.asset import Asset
from edge.model.definition import Definition
from tests.support.world import open_world


def put_definitions(data_dir: Path, definitions: Sequence[Definition], assets: Sequence[Asset]) -> None:
    """``definitions`` and the ``assets`` that they name, in one commit to the store of the edge with this directory."""

    async def put() -> None:
        world = open_world(data_dir)
        await world.commit(*definitions, assets=list(assets))
        await world.close()

    # Playwright's event loop has this thread.
    with anyio.from_thread.start_blocking_portal() as portal:
        portal.call(put)
