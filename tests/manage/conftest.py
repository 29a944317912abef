from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.manage.stage import Stage, make_stage


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    made = await make_stage(tmp_path / "data")
    yield made
    await made.world.close()
