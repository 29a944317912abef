import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.manage.stage import Stage, open_stage, prepare_stage


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("manage") / "data"
    asyncio.run(prepare_stage(directory))
    return directory


@pytest.fixture
async def stage(prepared: Path, tmp_path: Path) -> AsyncIterator[Stage]:
    made = open_stage(Path(shutil.copytree(prepared, tmp_path / "data")))
    yield made
    await made.world.close()
