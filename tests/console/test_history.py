"""History and rolling back on pages: readable, held to what was shown, and never with a secret in it."""

import re
from dataclasses import replace

import pytest

from edge.manage import destinations, purges, sources
from edge.manage.destinations import DestinationPatch
from edge.manage.sources import SourcePatch
from edge.model.plan import PlannedEvent
from edge.store.keyring import Keyring, new_secret_key
from edge.store.lost import LostSettings
from tests.console.stage import ConsoleStage
from tests.manage.stage import ACME, INSTANCE
from tests.support.world import FILTER, IN_DEVICE, SECRET

pytestmark = pytest.mark.anyio

MARKUP = "<img src=x onerror=alert(1)>\"'&</title></script>"
NEW_SECRET = "another-secret-0123456789"
SITE = "/w/acme/sources/site"
HISTORY, BACK, THEN = f"{SITE}/history", f"{SITE}/roll-back/2", f"{SITE}/at/2"
EVERY = ("/w/acme/history", HISTORY, BACK, THEN)


async def change(console: ConsoleStage, **patch: object) -> None:
    given = DestinationPatch(**patch)  # type: ignore[arg-type]
    await destinations.change(console.api.deps.manage, ACME, "acme", "site", "tally", patch=given)


def basis_in(text: str) -> str:
    return text.partition('name="basis" value="')[2].partition('"')[0]


async def test_a_change_is_told_with_actor_time_and_what_it_was_before(console: ConsoleStage) -> None:
    await change(console, settings={"apiKey": "second-api-key"}, enabled=False)
    one = await console.admin("acme")
    for path in ("/w/acme/history", HISTORY):
        text = (await one.get(path)).text
        for shown in (ACME.subject, "API key", "first-api-key", "second-api-key", "<time datetime=", "Enabled"):
            assert shown in text


async def test_a_secret_is_in_no_page_whatever_becomes_of_it(console: ConsoleStage) -> None:
    await change(console, settings={"secretKey": NEW_SECRET})
    await change(console, settings={"secretKey": None, "apiKey": "second-api-key"})
    await change(console, settings={"secretKey": NEW_SECRET})
    await destinations.delete(console.api.deps.manage, ACME, "acme", "site", "tally")
    one = await console.admin("acme")
    head = await console.api.head()
    for path in (*EVERY, *(f"{SITE}/at/{position}" for position in range(2, head)), f"{SITE}/roll-back/{head - 1}"):
        answer = await one.get(path)
        assert answer.status_code == 200, path
        for secret in (SECRET, NEW_SECRET, SECRET[-4:], NEW_SECRET[:8]):
            assert secret not in answer.text, path
    text = (await one.get(HISTORY)).text
    assert "Secret key" in text
    assert re.search(r'class="secret">\s*changed', text)
    assert re.search(r'class="secret">\s*removed', text)


async def test_no_page_lets_markup_in(console: ConsoleStage) -> None:
    manage = console.api.deps.manage
    one_of_markup = replace(ACME, subject=MARKUP)
    plan = {MARKUP: PlannedEvent(enabled=True)}
    await sources.change(manage, one_of_markup, "acme", "site", SourcePatch(display_name=MARKUP, tracking_plan=plan))
    await change(console, display_name=MARKUP, settings={"apiKey": MARKUP}, consent_categories=(MARKUP,))
    await console.api.stage.world.commit(replace(FILTER, title=MARKUP, description=MARKUP))
    await purges.purge(
        manage, one_of_markup, tags=(), sources=("workspaces/acme/sources/site",), verb="invalidate", reason=MARKUP
    )
    one = await console.admin("acme")
    head = await console.api.head()
    for path in (*EVERY, f"{SITE}/at/{head}", f"{HISTORY}?actor=%3Cimg+src%3Dx%3E&kind=%3Cimg+src%3Dx%3E&before=%3C"):
        answer = await one.get(path)
        assert answer.status_code == 200, path
        assert "<img src=x" not in answer.text, path
        assert " style=" not in answer.text
        assert all("src=" in part[:200] for part in answer.text.split("<script")[1:])
    assert "&lt;img src=x" in (await one.get(HISTORY)).text


@pytest.mark.parametrize("path", EVERY)
async def test_another_workspace_finds_nothing_and_without_the_scope_nobody_does(
    console: ConsoleStage, path: str
) -> None:
    other = await console.admin("globex")
    refused = await other.get(path)
    assert refused.status_code == 404
    assert "first-api-key" not in refused.text
    assert (await (await console.admin("acme", "cache:purge")).get(path)).status_code == 403


@pytest.mark.parametrize("position", ["0", "-1", "x", "999", "1", "9" * 30, "²"])
async def test_a_position_that_is_none_is_nothing(console: ConsoleStage, position: str) -> None:
    one = await console.admin("acme")
    for path in (f"{SITE}/at/{position}", f"{SITE}/roll-back/{position}"):
        assert (await one.get(path)).status_code == 404


async def test_it_is_filtered_and_paged_and_says_where_it_ends(console: ConsoleStage) -> None:
    for number in range(25):
        await change(console, settings={"apiKey": f"api-key-{number:02}"})
    one = await console.admin("acme")
    first = (await one.get(HISTORY)).text
    assert first.count('<li class="panel event">') == 20
    found = re.search(r'href="(/console[^"]+before=\d+)" rel="next"', first)
    assert found is not None
    second = (await one.get(found[1].removeprefix("/console"))).text
    assert 'rel="next"' not in second
    assert "Nothing older: changes are remembered from position 1 on." in second
    assert "Nothing older" not in first
    assert "Newest" in second
    assert "Nothing like that" in (await one.get(f"{HISTORY}?actor=nobody")).text
    only = (await one.get(f"{HISTORY}?kind=filter")).text
    assert only.count('<li class="panel event">') == 1
    assert "No clicks" in only


async def test_each_entry_leads_to_its_receipt(console: ConsoleStage) -> None:
    await change(console, enabled=False)
    one, head = await console.admin("acme"), await console.api.head()
    await change(console, enabled=True)
    for path in ("/w/acme/history", HISTORY):
        text = (await one.get(path)).text
        assert f'href="/console/w/acme/changes/{head}/receipt"' in text
    assert (await one.get(f"/w/acme/changes/{head}/receipt")).status_code == 200


async def test_only_what_is_there_is_linked_and_not_what_was_made_anew_under_its_name(console: ConsoleStage) -> None:
    manage, link = console.api.deps.manage, f'href="/console{SITE}/destinations/tally"'
    await change(console, settings={"apiKey": "of-the-first"})
    one = await console.admin("acme")
    assert link in (await one.get(HISTORY)).text
    await destinations.delete(manage, ACME, "acme", "site", "tally")
    assert link not in (await one.get(HISTORY)).text
    gone = await console.api.head()
    given = DestinationPatch(settings={"apiKey": "of-the-second"})
    await destinations.create(manage, ACME, "acme", "site", "tally", definition_slug=None, patch=given)
    assert (await one.get(HISTORY)).text.count(link) == 1
    assert link not in (await one.get(f"{HISTORY}?before={gone + 1}")).text


async def test_the_manifest_at_any_position_is_found_by_typing_it(console: ConsoleStage) -> None:
    await change(console, settings={"apiKey": "second-api-key"})
    one = await console.admin("acme")
    assert f'action="/console{SITE}/at"' in (await one.get(HISTORY)).text
    assert (await one.get(f"{SITE}/at?position=+2")).headers["Location"] == f"/console{THEN}"
    for none in ("", "x", "1", "9999", "%3Cimg%20src=x%3E"):
        refused = await one.get(f"{SITE}/at?position={none}")
        assert refused.status_code == 422
        assert "There is none of this source at this position" in refused.text
        assert "<img src=x" not in refused.text
    assert (await (await console.admin("globex")).get(f"{SITE}/at?position=2")).status_code == 404


async def test_the_manifest_of_a_position_is_told_entry_by_entry(console: ConsoleStage) -> None:
    await change(console, settings={"apiKey": "second-api-key"})
    one = await console.admin("acme")
    text = (await one.get(THEN)).text
    assert "first-api-key" in text
    assert "second-api-key" not in text
    assert "the setting API key" in text


async def test_the_preview_says_what_comes_and_the_roll_back_does_it(console: ConsoleStage) -> None:
    await change(console, settings={"apiKey": "second-api-key", "secretKey": NEW_SECRET})
    one = await console.admin("acme")
    text = (await one.get(BACK)).text
    for shown in ("Will be changed", "Secrets stay as they are now: Secret key", "Roll back: 2 changes", "Acme"):
        assert shown in text
    assert "Will be deleted" in text
    done = await one.post(BACK, {"basis": basis_in(text)})
    assert done.headers["Location"] == f"/console{HISTORY}"
    text = (await one.get(HISTORY)).text
    assert "In the workspace Acme, Site is rolled back to position 2." in text
    assert "Roll back workspaces/acme/sources/site to position 2" in text
    assert "Nothing would change" in (await one.get(BACK)).text


async def test_what_somebody_changed_since_the_preview_is_shown_and_not_overwritten(console: ConsoleStage) -> None:
    await change(console, settings={"apiKey": "second-api-key"})
    one = await console.admin("acme")
    basis = basis_in((await one.get(BACK)).text)
    await change(console, settings={"apiKey": "their-api-key"})
    head = await console.api.head()
    for sent in ({"basis": basis}, {"basis": ""}, {}):
        refused = await one.post(BACK, sent)
        assert refused.status_code == 409
        assert "Nothing was rolled back" in refused.text
        assert "their-api-key" in refused.text
        assert await console.api.head() == head
    assert (await one.post(BACK, {"basis": basis_in(refused.text)})).status_code == 303


async def test_who_only_reads_sees_the_preview_and_no_button(console: ConsoleStage) -> None:
    await change(console, settings={"apiKey": "second-api-key"})
    one = await console.admin("acme", "workspace:read")
    text = (await one.get(BACK)).text
    assert "Will be changed" in text
    assert "Roll back: " not in text
    head = await console.api.head()
    assert (await one.post(BACK, {"basis": basis_in(text)})).status_code == 403
    assert await console.api.head() == head


async def test_a_history_with_settings_that_cannot_be_opened_is_still_one(console: ConsoleStage) -> None:
    sealed = LostSettings(Keyring([new_secret_key()]).seal(b"{}"))
    await console.api.stage.world.commit(replace(IN_DEVICE, settings=sealed))
    await sources.change(console.api.deps.manage, INSTANCE, "acme", "site", SourcePatch(api_host="t.example"))
    one = await console.admin("acme")
    assert "API host" in (await one.get(HISTORY)).text
    head = await console.api.head()
    assert "Stored settings of this source cannot be opened" in (await one.get(f"{SITE}/at/{head}")).text
    assert "Tally stays as it is now: its settings cannot be decrypted" in (await one.get(BACK)).text
