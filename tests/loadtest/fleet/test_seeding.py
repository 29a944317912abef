"""What a fleet's store begins with: as if it had been committed, though most of it was not."""

from pathlib import Path

import pytest

from edge.model.tags import definition_tag
from edge.settings import Settings
from edge.store.engine import open_engine
from edge.store.keys import Keys
from loadtest.fleet.seeding import fill
from loadtest.sources import load_source

pytestmark = pytest.mark.anyio


async def test_a_purge_of_a_definition_reaches_the_sources_that_were_put_there_in_bulk(tmp_path: Path) -> None:
    settings, sources = Settings(data_dir=tmp_path), [load_source(number) for number in range(12)]
    await fill(settings, sources)
    engine = open_engine(settings.database())
    for slug in {slug for source in sources for slug in source.definitions}:
        users = sorted(source.key for source in sources if slug in source.definitions)
        assert await Keys(engine).keys([definition_tag(slug)], "", 100) == users, slug
    await engine.dispose()
