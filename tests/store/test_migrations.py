"""Claims about stores that an earlier release wrote."""

from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, update

from edge.store.engine import writing
from edge.store.keys import Keys
from edge.store.schema import documents
from tests.support.world import KEY, make_world, open_world

pytestmark = pytest.mark.anyio
MIGRATIONS = Path(__file__).parents[2] / "edge" / "store" / "migrations"


async def test_destinations_of_before_are_found_by_their_definition_after(tmp_path: Path) -> None:
    world = await make_world(tmp_path)

    def downgrade(connection: Connection) -> None:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.set_main_option("path_separator", "os")
        config.attributes["connection"] = connection
        command.downgrade(config, "0001")

    async with writing(world.engine) as connection:
        await connection.execute(update(documents).values(link=""))
        await connection.run_sync(downgrade)
    await world.close()
    again = open_world(tmp_path)
    await again.store.prepare()
    assert await Keys(again.engine).keys(["definition:tally"], "", 10) == [KEY]
    await again.close()
