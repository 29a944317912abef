"""The page of propagation: who is shown what of the fleet, the last changes, and the last hour."""

import re

import pytest

from edge.manage import propagation, purges
from edge.manage.propagation import SHOWN
from edge.manage.sources import SourcePatch, change
from tests.console.stage import ConsoleStage
from tests.manage.stage import ACME, GLOBEX, INSTANCE

pytestmark = pytest.mark.anyio
MARKUP = "<img src=x onerror=alert(1)>"
PAGE = "/w/acme/propagation"


async def purge(console: ConsoleStage, principal: object, *tags: str, reason: str = "") -> int:
    manage = console.api.deps.manage
    return await purges.purge(manage, principal, tags=tags, sources=[], verb="invalidate", reason=reason)  # type: ignore[arg-type]


async def test_it_shows_the_nodes_and_the_last_changes_with_their_time(console: ConsoleStage) -> None:
    one = await console.admin("instance")
    position = await purge(console, ACME, "workspace:acme", reason="to see it")
    before = (await one.get(PAGE)).text
    assert "Going live" in before
    assert re.search(r'"Behind">[1-9]', before), "how far the node is behind"
    await console.api.node.follow()
    page = (await one.get(PAGE)).text
    assert f"/changes/{position}/receipt" in page
    assert "to see it" in page
    assert "Settled" in page
    assert "n1" in page
    assert "1 of 1" in page


async def test_a_node_that_does_not_answer_for_the_charts_is_said_to_be_missing(console: ConsoleStage) -> None:
    page = (await (await console.admin("instance")).get(PAGE)).text
    assert "1 of 1 nodes did not answer for the charts" in page
    assert "h1" in page


async def test_a_workspaces_token_sees_its_own_changes_and_no_numbers_of_the_edge(console: ConsoleStage) -> None:
    await purge(console, GLOBEX, "workspace:globex", reason="globex only")
    await purge(console, INSTANCE, "workspace:acme", "workspace:globex", reason="both of them")
    await purge(console, ACME, "workspace:acme", reason="acme only")
    await console.api.node.follow()
    own = (await (await console.admin("acme")).get(PAGE)).text
    assert "acme only" in own
    assert "of this workspace and others" in own
    assert "globex" not in own
    assert "both of them" not in own
    assert "Answers by tier are of the whole edge" in own
    assert "did not answer for the charts" not in own
    assert "changes of this workspace" in own, "its own propagation is drawn"
    whole = (await (await console.admin("instance")).get(PAGE)).text
    assert all(reason in whole for reason in ("globex only", "both of them", "acme only"))


async def test_all_changes_of_the_hour_are_in_the_chart_not_only_those_in_the_list(console: ConsoleStage) -> None:
    console.api.stage.clock.advance(3601)
    for number in range(SHOWN + 3):
        await purge(console, ACME, "workspace:acme", reason=f"number {number}")
        await purge(console, GLOBEX, "workspace:globex")
    await console.api.node.follow()
    page = (await (await console.admin("acme")).get(PAGE)).text
    assert f"{SHOWN + 3} changes of this workspace, " in page
    assert page.count('/receipt">') == SHOWN
    assert "there were more" not in page


async def test_a_busy_hour_is_cut_and_said_to_be(console: ConsoleStage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(propagation, "MOST_TIMED", 4)
    monkeypatch.setattr(propagation, "BATCH", 3)
    for _ in range(5):
        await purge(console, ACME, "workspace:acme")
    await console.api.node.follow()
    page = (await (await console.admin("acme")).get(PAGE)).text
    assert "4 changes of this workspace, " in page
    assert "Only the newest 4 are in it: there were more." in page


async def test_what_is_older_than_an_hour_is_in_no_chart(console: ConsoleStage) -> None:
    await purge(console, ACME, "workspace:acme")
    console.api.stage.clock.advance(3601)
    await purge(console, ACME, "workspace:acme")
    await console.api.node.follow()
    page = (await (await console.admin("acme")).get(PAGE)).text
    assert "1 change of this workspace, " in page


async def test_what_purges_nothing_is_no_change_to_look_at(console: ConsoleStage) -> None:
    await console.api.token("acme", "workspace:read")
    page = (await (await console.admin("instance")).get(PAGE)).text
    assert "access-tokens/" not in page


async def test_markup_in_reasons_and_names_is_text(console: ConsoleStage) -> None:
    await purge(console, ACME, "workspace:acme", reason=MARKUP)
    await change(console.api.deps.manage, ACME, "acme", "site", SourcePatch(display_name=MARKUP))
    for name in ("acme", "instance"):
        page = (await (await console.admin(name)).get(PAGE)).text
        assert MARKUP not in page
        assert "&lt;img src=x" in page


async def test_the_part_that_is_asked_again_is_that_part_alone(console: ConsoleStage) -> None:
    one = await console.admin("acme")
    part = (await one.get(f"{PAGE}/now", HX_Request="true")).text
    assert part.lstrip().startswith('<div id="now"')
    assert '<svg viewBox="0 0 600' not in part


async def test_reading_is_what_it_needs_and_no_other_workspace(console: ConsoleStage) -> None:
    other, purger = await console.admin("globex"), await console.admin("acme", "cache:purge")
    for path in (PAGE, f"{PAGE}/now"):
        assert (await other.get(path)).status_code == 404
        assert (await purger.get(path)).status_code == 403
