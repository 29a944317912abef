from dataclasses import replace

import pytest

from edge.manage.overview import Summary, overview
from edge.manage.problem import ProblemError
from edge.store.lookup import FIRST_PAGE, Page
from tests.manage.stage import ACME, GLOBEX, Stage, without
from tests.support.world import IN_CLOUD, SOURCE

pytestmark = pytest.mark.anyio


async def test_it_counts_each_sources_destinations(stage: Stage) -> None:
    empty = await stage.source("app", "ios")
    await stage.world.commit(replace(IN_CLOUD, enabled=False))
    found = await overview(stage.manage, ACME, "acme", FIRST_PAGE)
    assert found == [Summary(empty, 0, 0, 0), Summary(SOURCE, 1, 0, 1)]
    assert await overview(stage.manage, ACME, "acme", Page(limit=1)) == found[:1]


async def test_only_who_may_read_the_workspace_sees_it(stage: Stage) -> None:
    for principal, kind in ((GLOBEX, "not_found"), (without(ACME, "workspace:read"), "forbidden")):
        with pytest.raises(ProblemError) as refused:
            await overview(stage.manage, principal, "acme", FIRST_PAGE)
        assert refused.value.kind == kind
