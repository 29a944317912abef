"""A token that may purge and nothing else: it comes to Purge and its receipt, and to no other page."""

import pytest

from edge.console.page import Open
from edge.console.table import ROUTES
from edge.manage import sources
from edge.manage.sources import SourcePatch
from tests.console.stage import ConsoleStage
from tests.manage.stage import INSTANCE
from tests.support.world import KEY, SOURCE

pytestmark = pytest.mark.anyio

NAME = "What nobody without workspace:read is told"
REACHED = {"purge.form", "live.strip", "live.show", "live.receipt", "live.dismiss"}


async def test_it_is_led_to_purge_which_names_the_workspace_and_no_source(console: ConsoleStage) -> None:
    await sources.change(console.api.deps.manage, INSTANCE, "acme", "site", SourcePatch(display_name=NAME))
    one = await console.admin("acme", "cache:purge")
    assert (await one.get("/")).headers["Location"] == "/console/w/acme/purge"
    page = (await one.get("/w/acme/purge")).text
    assert "In workspace Acme" in page
    assert "not read which sources there are" in page
    for absent in (NAME, KEY, "/w/acme/sources", "/w/acme/history"):
        assert absent not in page


async def test_it_previews_purges_and_follows_what_it_purged(console: ConsoleStage) -> None:
    await sources.change(console.api.deps.manage, INSTANCE, "acme", "site", SourcePatch(display_name=NAME))
    one = await console.admin("acme", "cache:purge")
    sent = {"tags": f"source:{SOURCE.id}", "verb": "invalidate", "reason": "a doubt"}
    await one.get("/w/acme/purge")
    preview = await one.post("/w/acme/purge", {**sent, "step": "preview"})
    assert preview.status_code == 200
    assert NAME not in preview.text
    assert KEY not in preview.text
    done = await one.post("/w/acme/purge", {**sent, "step": "purge"})
    position = await console.api.head()
    assert done.headers["Location"] == f"/console/w/acme/changes/{position}/receipt"
    receipt = await one.get(f"/w/acme/changes/{position}/receipt")
    assert receipt.status_code == 200
    assert f"source:{SOURCE.id}" in receipt.text
    assert SOURCE.name not in receipt.text
    for path in (f"live/{position}", f"changes/{position}/receipt/now"):
        assert (await one.get(f"/w/acme/{path}", HX_Request="true")).status_code == 200
    assert (await one.post("/w/acme/live/dismiss")).headers["Location"] == "/console/"


async def test_every_other_page_is_refused_and_the_refusal_has_a_way_out(console: ConsoleStage) -> None:
    one = await console.admin("acme", "cache:purge")
    before = await console.api.head()
    rows = [row for row in ROUTES if not isinstance(row, Open) and "{workspace}" in row.path]
    for row in rows:
        path = row.path.replace("{workspace}", "acme").replace("{source}", "site").replace("{position}", "2")
        answer = await (one.get(path) if row.method == "GET" else one.post(path))
        assert (answer.status_code == 403) == (row.name not in REACHED), (row.method, row.path, answer.status_code)
        if answer.status_code == 403:
            assert "Sign out</button><span" in answer.text, "not only in the menu"
            assert "lacks the scope workspace:" in answer.text
    assert await console.api.head() == before


async def test_of_another_workspace_it_is_told_nothing(console: ConsoleStage) -> None:
    one = await console.admin("globex", "cache:purge")
    for path in ("/w/acme/purge", "/w/acme/live/2", "/w/acme/changes/2/receipt", "/w/nowhere/purge"):
        assert (await one.get(path)).status_code == 404


async def test_a_token_for_no_page_at_all_can_sign_out(console: ConsoleStage) -> None:
    one = await console.admin("acme", "tokens:admin")
    page = await one.get("/w/acme/")
    assert page.status_code == 403
    assert "To the first page" not in page.text
    assert (await one.post("/sign-out")).status_code == 303
    assert not await one.is_signed_in()
