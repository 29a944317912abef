"""Purging by the console: only what the token may, shown before it is done, and refused where it stands."""

import re
from typing import Any

import pytest

from edge.manage import sources
from edge.manage.sources import SourcePatch
from tests.console.stage import ConsoleStage
from tests.manage.stage import INSTANCE
from tests.support.world import KEY, SOURCE

pytestmark = pytest.mark.anyio
MARKUP = "<script>alert(1)</script>"
SITE = {"source": "site", "verb": "invalidate"}


async def head_of(console: ConsoleStage) -> int:
    return await console.api.head()


async def test_a_preview_shows_what_is_reached_and_purges_nothing(console: ConsoleStage) -> None:
    one, before = await console.admin("acme"), await head_of(console)
    await one.get("/w/acme/purge")
    page = await one.post("/w/acme/purge", {**SITE, "step": "preview", "reason": f"why {MARKUP}"})
    assert page.status_code == 200
    assert "Invalidate in workspace Acme?" in page.text
    assert KEY in page.text
    assert "<dt>Documents</dt><dd>5</dd>" in page.text
    assert "<dt>On hosts</dt><dd>1</dd>" in page.text
    assert MARKUP not in page.text
    assert await head_of(console) == before


async def test_what_is_confirmed_is_what_was_shown_and_leads_to_its_receipt(console: ConsoleStage) -> None:
    one = await console.admin("acme")
    sent = {"source": "site", "verb": "revoke", "reason": "leaked", "tags": f"key:{KEY}\nworkspace:acme"}
    page = await one.post("/w/acme/purge", {**sent, "step": "preview"})
    assert "Revoked copies are never served again." in page.text
    kept = dict(re.findall(r'type="hidden" name="(source|verb|reason|tags)" value="([^"]*)"', page.text))
    assert kept == sent
    done = await one.post("/w/acme/purge", {**kept, "step": "purge"})
    position = await head_of(console)
    assert done.headers["Location"] == f"/console/w/acme/changes/{position}/receipt"
    entry = await console.api.stage.entry(position)
    assert (entry.verb, entry.reason) == ("revoke", "leaked")
    assert entry.tags == (f"key:{KEY}", f"source:{SOURCE.id}", "workspace:acme")
    shown = await one.get(f"/w/acme/changes/{position}/receipt")
    assert "The purge in workspace Acme is written." in shown.text
    assert "To revoke. Where it is live" in shown.text
    assert f"/live/{position}" in (await one.get("/w/acme/sources")).text, "it is followed from there on"


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"verb": "invalidate"}, "Choose at least one source, or name a tag."),
        ({"source": "site", "verb": "delete"}, "Choose one of: invalidate, revoke."),
        ({"tags": "sauce:1", "verb": "revoke"}, "is no tag; allowed are"),
        ({"source": "nowhere", "verb": "revoke"}, "nothing that this token sees"),
        ({"tags": "workspace:globex", "verb": "revoke"}, "nothing that this token sees"),
        ({"tags": "workspace:nowhere", "verb": "revoke"}, "nothing that this token sees"),
        ({"tags": "all", "verb": "revoke"}, "reaches beyond a workspace: use an instance token"),
        ({"everywhere": "on", "verb": "revoke"}, "reaches beyond a workspace: use an instance token"),
        ({**SITE, "reason": "x" * 501}, "at most 500 are allowed"),
        ({"source": "../../globex/sources/x", "verb": "revoke"}, "is no source"),
    ],
)
@pytest.mark.parametrize("step", ["preview", "purge"])
async def test_what_is_wrong_is_said_on_the_form_and_nothing_is_purged(
    console: ConsoleStage, sent: dict[str, Any], sentence: str, step: str
) -> None:
    one, before = await console.admin("acme"), await head_of(console)
    page = await one.post("/w/acme/purge", {**sent, "step": step})
    assert page.status_code == 422
    assert sentence in page.text
    assert await head_of(console) == before


async def test_only_an_instance_token_is_offered_what_reaches_beyond_a_workspace(console: ConsoleStage) -> None:
    own = (await (await console.admin("acme")).get("/w/acme/purge")).text
    assert "Everything on this edge" not in own
    assert "definition:" not in own
    one = await console.admin("instance")
    assert "Everything on this edge" in (await one.get("/w/acme/purge")).text
    page = (await one.post("/w/acme/purge", {"everywhere": "on", "verb": "invalidate"})).text
    assert "This reaches every workspace of this edge: all." in page
    assert "<dt>On hosts</dt><dd>1</dd>" in page
    for sent in ({"everywhere": "on"}, {"loader": "on", "source": "site"}, {"tags": "definition:tally"}):
        page = (await one.post("/w/acme/purge", {**sent, "verb": "invalidate"})).text
        for uncounted in ("Sources", "Write keys", "Documents"):
            assert f"<dt>{uncounted}</dt><dd>" not in page, "it reaches more than this"
    page = (await one.post("/w/acme/purge", {"tags": "workspace:globex", "verb": "invalidate"})).text
    assert "<dt>Sources</dt><dd>0</dd>" in page


async def test_an_instance_token_is_told_of_other_workspaces_that_it_reaches(console: ConsoleStage) -> None:
    manage = console.api.deps.manage
    await sources.create(
        manage, INSTANCE, "globex", "app", "javascript", patch=SourcePatch(display_name=MARKUP), write_key=None
    )
    one = await console.admin("instance")
    page = (await one.post("/w/acme/purge", {"tags": "workspace:globex", "verb": "invalidate"})).text
    assert "This reaches beyond workspace Acme, into: globex." in page
    assert MARKUP not in page


async def test_the_way_back_from_the_preview_keeps_what_was_chosen(console: ConsoleStage) -> None:
    one = await console.admin("acme")
    page = await one.post("/w/acme/purge", {**SITE, "verb": "revoke", "reason": "kept", "step": "edit"})
    assert page.status_code == 200
    assert 'value="site" checked' in page.text
    assert 'value="revoke" checked' in page.text
    assert 'value="kept"' in page.text


async def test_without_the_scope_there_is_no_page_and_no_link_to_it(console: ConsoleStage) -> None:
    one = await console.admin("acme", "workspace:read", "workspace:write")
    assert "/w/acme/purge" not in (await one.get("/w/acme/")).text
    assert (await one.get("/w/acme/purge")).status_code == 403
    before = await head_of(console)
    assert (await one.post("/w/acme/purge", {**SITE, "step": "purge"})).status_code == 403
    assert await head_of(console) == before
    other = await console.admin("globex")
    assert (await other.post("/w/acme/purge", {**SITE, "step": "purge"})).status_code == 404
    assert await head_of(console) == before
