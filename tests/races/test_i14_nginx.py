"""I14 against a real nginx: what was fetched before a change and is stored after its refresh is gone after the rebound.

visitor's miss ── node decides: old ── change applied ── refreshed: new ── nginx stores: old ── rebound: new
"""

import asyncio
from collections.abc import AsyncIterator

import pytest

from edge.fronts.front import Due, Reach
from edge.publish.publication import KINDS
from tests.support.fronted import VARIANTS, Fronted, fronted
from tests.support.polling import until_async

pytestmark = pytest.mark.anyio
KEY = "wk_races_0001"


@pytest.fixture
async def stage() -> AsyncIterator[Fronted]:
    async with fronted() as made:
        yield made


@pytest.mark.parametrize("reach", [Reach.EVERY, Reach.OLDER], ids=lambda reach: str(reach.value))
@pytest.mark.parametrize("variant", VARIANTS[::4], ids=str)
async def test_i14_an_older_answer_that_is_stored_after_the_refresh_is_gone_after_the_rebound(
    stage: Fronted, variant: tuple[str, str], reach: Reach
) -> None:
    kind, encoding = next(one for one in VARIANTS if one == variant)
    held = stage.upstream.hold(kind, KEY, encoding)
    visitor = asyncio.create_task(stage.get(kind, KEY, encoding))
    await held.decided.wait()
    stage.upstream.position = 7
    await stage.front.refresh(Due(KEY, "e1", 7))
    assert set((await stage.shown(KEY)).values()) == {"e1.7"}
    held.release.set()
    assert (await visitor).headers["Edge-As-Of"] == "e1.1"

    async def old_again() -> bool:
        return (await stage.get(kind, KEY, encoding)).headers["Edge-As-Of"] == "e1.1"

    # The race is real: without a rebound it would stay so until its deadline.
    await until_async(old_again, "nginx stores the older answer")
    await stage.front.refresh(Due(KEY, "e1", 7, KINDS, reach))
    assert set((await stage.shown(KEY)).values()) == {"e1.7"}
