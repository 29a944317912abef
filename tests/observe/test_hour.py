"""The fleet's last hour is asked of every node; who does not answer is named."""

from dataclasses import replace

import pytest

from edge.observe.asking import Asking
from edge.observe.hour import hour_of
from tests.delivery.paths import DOCUMENTS
from tests.observe.stage import Listening

pytestmark = pytest.mark.anyio


async def test_every_nodes_minutes_are_summed_and_a_silent_one_is_named(nodes: list[Listening]) -> None:
    for one in nodes:
        await one.follow()
        await one.get(DOCUMENTS["settings"])
        await one.get(DOCUMENTS["settings"])
    asking, membership = Asking(), nodes[0].node.ground.membership
    now = nodes[0].clock()
    rows = [row for row in (await membership.attendance(now)).live if row.node in {one.id for one in nodes}]
    found = await hour_of(asking, rows, now.wall)
    assert (found.asked, found.silent) == (len(nodes), ())
    assert sum(minute.hits.get("memory", 0) for minute in found.minutes) == len(nodes)
    astray = [rows[0], replace(rows[1], url=rows[0].url)]
    found = await hour_of(asking, astray, now.wall)
    assert [one.node for one in found.silent] == [rows[1].node]
    assert sum(minute.hits.get("memory", 0) for minute in found.minutes) == 1
    found = await hour_of(asking, rows[:1], now.wall, fallen=rows[1:2])
    assert (found.asked, [one.node for one in found.silent]) == (2, [rows[1].node])
    await asking.close()
