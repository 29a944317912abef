from dataclasses import replace

import pytest

from edge.manage import distribution
from edge.manage.problem import ProblemError
from edge.model.token import Principal
from tests.manage.stage import ACME, GLOBEX, Stage, without
from tests.support.world import CLOUD, IN_CLOUD, IN_DEVICE, SECRET

pytestmark = pytest.mark.anyio


class Waiting:
    """``Reached`` that notes what it was asked, and changes the configuration meanwhile."""

    def __init__(self, stage: Stage, *, changes: bool) -> None:
        self.asked: list[tuple[int, float]] = []
        self._stage = stage
        self._changes = changes

    async def __call__(self, position: int, seconds: float) -> bool:
        self.asked.append((position, seconds))
        if self._changes:
            await self._stage.world.commit(replace(IN_CLOUD, enabled=False))
        return self._changes


async def show(
    stage: Stage, reached: Waiting, principal: Principal = ACME, after: int | None = None
) -> distribution.Distribution:
    return await distribution.show(stage.manage, principal, "acme", "site", after=after, wait=5.0, reached=reached)


async def test_a_router_gets_the_enabled_cloud_destinations_with_credentials_in_clear(stage: Stage) -> None:
    await stage.world.commit(replace(IN_DEVICE, mode="cloud"), replace(IN_CLOUD, enabled=False))
    found = await show(stage, Waiting(stage, changes=False))
    assert [one.slug for one in found.destinations] == ["tally"]
    assert found.destinations[0].settings == {"apiKey": "first-api-key", "secretKey": SECRET}
    assert found.destinations[0].creation_name == "Tally"
    assert found.position == await stage.head()


async def test_settings_that_were_not_set_have_their_defaults(stage: Stage) -> None:
    settings = tuple(replace(one, default="https://default.example") for one in CLOUD.settings)
    await stage.world.commit(replace(CLOUD, settings=settings))
    found = await show(stage, Waiting(stage, changes=False))
    assert found.destinations[0].settings == {"hook": "https://default.example"}


async def test_with_after_the_list_is_of_the_time_when_the_wait_ended(stage: Stage) -> None:
    head = await stage.head()
    waiting = Waiting(stage, changes=True)
    found = await show(stage, waiting, after=head)
    assert waiting.asked == [(head + 1, 5.0)]
    assert found.destinations == ()
    assert found.position == head + 1


async def test_without_after_nobody_waits(stage: Stage) -> None:
    waiting = Waiting(stage, changes=False)
    await show(stage, waiting)
    assert waiting.asked == []


async def test_another_workspaces_list_is_not_found_before_any_wait(stage: Stage) -> None:
    waiting = Waiting(stage, changes=False)
    with pytest.raises(ProblemError) as refused:
        await show(stage, waiting, GLOBEX, after=0)
    assert refused.value.kind == "not_found"
    assert waiting.asked == []


async def test_credentials_need_their_own_scope(stage: Stage) -> None:
    with pytest.raises(ProblemError, match="distribution:read") as refused:
        await show(stage, Waiting(stage, changes=False), without(ACME, "distribution:read"))
    assert refused.value.kind == "forbidden"
