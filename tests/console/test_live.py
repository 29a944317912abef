"""The strip of a change: what it says, whom it tells, and how it goes along from page to page."""

from dataclasses import replace

import pytest

from edge.console.following import COOKIE, Followed, followed_in
from edge.console.progress import Lacking, pause, progress
from edge.journal.fronted import FrontReceipt, Unreachable
from edge.journal.receipts import HostReceipt, NodeReceipt, Receipt
from edge.manage import purges
from edge.manage.sources import SourcePatch, change
from tests.console.stage import ConsoleStage
from tests.manage.stage import ACME, INSTANCE

pytestmark = pytest.mark.anyio
MARKUP = "<img src=x onerror=alert(1)>"
THERE, BEHIND = NodeReceipt("aaaaaaaa11", 9, 100.2), NodeReceipt("bbbbbbbb22", 7, None)
RECEIPT = Receipt(9, "pending", "change", ("source:s1",), 100.0, None, None, None, (), ())


def made(*hosts: HostReceipt, **more: object) -> Receipt:
    return replace(RECEIPT, hosts=hosts, **more)  # type: ignore[arg-type]


def test_who_is_missing_is_named_with_how_far_it_has_come_and_what_went_wrong() -> None:
    front = FrontReceipt("nginx", done=3, total=20, last_error="refused")
    found = progress(made(HostReceipt("web-1", (THERE, BEHIND), front), HostReceipt("web-2", (THERE,), FrontReceipt())))
    assert (found.there, found.nodes, found.hosts_there, found.hosts, found.fronts) == (2, 3, 1, 2, 1)
    assert found.lacking == (
        Lacking("node bbbbbbbb of host web-1", "it has come to position 7"),
        Lacking("nginx of host web-1", "3 of 20 write keys are fetched anew", "refused"),
    )


def test_silent_nodes_and_deserted_fronts_are_missing_until_they_have_nothing_older() -> None:
    gone = (Unreachable("web-3", "cccccccc33", 3600.0), Unreachable("web-4", None, 7200.0))
    found = progress(made(HostReceipt("web-1", (THERE,), FrontReceipt()), unreachable=gone))
    assert [one.who for one in found.lacking] == ["node cccccccc of host web-3", "nginx of host web-4"]
    assert "01:00:00 UTC" in found.lacking[0].why
    assert found.there == 1


def test_it_asks_quickly_first_then_slower_and_ends() -> None:
    pauses = [pause(asked, RECEIPT) for asked in range(200)]
    assert (pauses[0], pauses[20], pauses[60], pauses[199]) == (250, 1000, 5000, None)
    live, settled = replace(RECEIPT, state="live"), replace(RECEIPT, state="settled")
    assert (pause(0, live), pause(0, settled)) == (1000, None)


async def changed(console: ConsoleStage, name: str = "Shop") -> int:
    done = await change(console.api.deps.manage, ACME, "acme", "site", SourcePatch(display_name=name))
    return done.position


async def test_it_waits_by_name_then_says_live_and_settled(console: ConsoleStage) -> None:
    one, position = await console.admin("acme"), await changed(console)
    waiting = (await one.get(f"/w/acme/live/{position}", HX_Request="true")).text
    assert 'data-state="pending"' in waiting
    assert "confirmed by 0 of 1 node" in waiting
    assert "node n1 of host h1" in waiting
    assert "hx-get" in waiting
    assert "live-said" not in waiting, "that it waits was said by the page"
    await console.api.node.follow()
    done = (await one.get(f"/w/acme/live/{position}?asked=1&said=pending", HX_Request="true")).text
    assert 'data-state="settled"' in done
    assert "Live</strong> on 1 node" in done
    assert "hx-get" not in done, "there is nothing left to ask for"
    assert 'id="live-said"' in done
    again = (await one.get(f"/w/acme/live/{position}?asked=2&said=settled", HX_Request="true")).text
    assert "live-said" not in again, "what was said already is not said again"


async def test_it_goes_along_to_other_pages_of_its_workspace_until_it_is_dismissed(console: ConsoleStage) -> None:
    one, position = await console.admin("instance"), await changed(console)
    await one.get(f"/w/acme/live/{position}", HX_Request="true")
    assert f"/live/{position}" in (await one.get("/w/acme/sources")).text
    assert f"/live/{position}" not in (await one.get("/w/globex/sources")).text
    gone = await one.post("/w/acme/live/dismiss", HX_Request="true")
    assert (gone.status_code, gone.text) == (200, "")
    assert f"/live/{position}" not in (await one.get("/w/acme/sources")).text


async def test_it_ends_half_an_hour_after_the_change_however_many_pages_are_opened(console: ConsoleStage) -> None:
    one, position = await console.admin("acme"), await changed(console)
    for passed, left in ((0, 1800), (1700, 100), (99, 1)):
        console.api.stage.clock.advance(passed)
        strip = await one.get(f"/w/acme/live/{position}?said=settled", HX_Request="true")
        assert f"edgewise_live={position}.acme; HttpOnly; Max-Age={left};" in strip.headers["set-cookie"]
    console.api.stage.clock.advance(1)
    assert "edgewise_live=" in (await one.get("/w/acme/sources")).request.headers["cookie"], "a browser that is late"
    await one.get(f"/w/acme/live/{position}?said=settled", HX_Request="true")
    assert f"/live/{position}" not in (await one.get("/w/acme/sources")).text


@pytest.mark.parametrize("value", ["", "7", "x.acme", "7.A<b>", "-1.acme", "7.acme/..", "9" * 16 + ".acme", "٣.acme"])
async def test_a_cookie_that_is_not_of_this_form_is_nothing(console: ConsoleStage, value: str) -> None:
    class Request:
        cookies = {COOKIE: value}  # noqa: RUF012 - a stand-in with one attribute

    assert followed_in(Request()) is None  # type: ignore[arg-type]
    Request.cookies[COOKIE] = "7.acme"
    assert followed_in(Request()) == Followed("acme", 7)  # type: ignore[arg-type]


async def test_another_workspaces_change_is_not_found(console: ConsoleStage) -> None:
    one, position = await console.admin("globex"), await changed(console)
    for path in (f"live/{position}", f"changes/{position}/receipt", f"changes/{position}/receipt/now"):
        assert (await one.get(f"/w/globex/{path}")).status_code == 404
        assert (await one.get(f"/w/acme/{path}")).status_code == 404
    for odd in ("0x1", "%D9%A3", "9" * 16, "-1", "99999"):
        assert (await one.get(f"/w/globex/live/{odd}")).status_code == 404


async def test_the_receipt_shows_who_when_why_and_no_markup_of_a_reason(console: ConsoleStage) -> None:
    manage = console.api.deps.manage
    position = await purges.purge(
        manage, ACME, tags=["workspace:acme"], sources=[], verb="revoke", reason=f"because {MARKUP}"
    )
    page = await (await console.admin("acme")).get(f"/w/acme/changes/{position}/receipt")
    assert page.status_code == 200
    assert MARKUP not in page.text
    assert "because &lt;img" in page.text
    assert "workspace:acme" in page.text
    assert ACME.subject in page.text


async def test_a_purge_of_several_workspaces_tells_each_nothing_of_the_others(console: ConsoleStage) -> None:
    manage = console.api.deps.manage
    tags = ["workspace:acme", "workspace:globex"]
    position = await purges.purge(manage, INSTANCE, tags=tags, sources=[], verb="invalidate", reason="globex leaked")
    page = (await (await console.admin("acme")).get(f"/w/acme/changes/{position}/receipt")).text
    assert "globex" not in page
    assert "others that this token does not see" in page
    assert "globex leaked" in (await (await console.admin("instance")).get(f"/w/acme/changes/{position}/receipt")).text
