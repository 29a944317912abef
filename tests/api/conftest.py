import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.api.stage import ApiStage, open_api_stage, prepare_api_stage


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    directory = tmp_path_factory.mktemp("api") / "data"
    return directory, asyncio.run(prepare_api_stage(directory))


@pytest.fixture
async def api(prepared: tuple[Path, dict[str, str]], tmp_path: Path) -> AsyncIterator[ApiStage]:
    directory, jwts = prepared
    made = await open_api_stage(Path(shutil.copytree(directory, tmp_path / "data")), jwts)
    yield made
    await made.close()
