import pytest

from tests.api.conftest import api, prepared
from tests.api.stage import ApiStage
from tests.console.stage import ConsoleStage, sessions_of

__all__ = ["api", "prepared"]


@pytest.fixture
def console(api: ApiStage) -> ConsoleStage:
    return ConsoleStage(api, sessions_of(api))
