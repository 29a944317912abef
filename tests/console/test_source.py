"""The pages of one source: what they show, what they change, and what they never show."""

from dataclasses import replace

import pytest

from edge.manage import destinations, sources
from edge.manage.destinations import DestinationPatch
from edge.manage.sources import SourcePatch
from edge.model.plan import PlannedEvent
from edge.model.source import LoaderConfig
from edge.store.keyring import Keyring, new_secret_key
from edge.store.lost import LostSettings
from tests.console.stage import ConsoleStage
from tests.manage.stage import INSTANCE
from tests.support.world import FILTER, IN_DEVICE, KEY, SECRET, SOURCE

pytestmark = pytest.mark.anyio

MARKUP = "<img src=x onerror=alert(1)>\"'&</title></script>"
HOME = "/w/acme/sources/site"
PAGES = (HOME, f"{HOME}/published", f"{HOME}/explain", f"{HOME}/settings")
PLAN = '{"track": {"Debug": {"enabled": false}}}'


async def test_a_source_shows_its_destinations_keys_and_how_to_install_it(console: ConsoleStage) -> None:
    one = await console.admin("acme")
    text = (await one.get(HOME)).text
    for shown in ("Tally", "Courier", "Device mode", "Cloud mode", "Enabled", KEY, "@segment/analytics-next"):
        assert shown in text
    assert f"&lt;script&gt;\n&lt;script&gt;&#34;{KEY}&#34;&lt;/script&gt;\n&lt;/script&gt;" in text
    assert "cdnURL: &#34;http://edge.test&#34;" in text


async def test_no_page_has_a_secret_or_lets_markup_in(console: ConsoleStage) -> None:
    manage = console.api.deps.manage
    await sources.change(
        manage,
        INSTANCE,
        "acme",
        "site",
        SourcePatch(
            display_name=MARKUP, tracking_plan={MARKUP: PlannedEvent(enabled=True, integrations={MARKUP: True})}
        ),
    )
    patch = DestinationPatch(display_name=MARKUP, settings={"apiKey": MARKUP}, consent_categories=(MARKUP,))
    await destinations.change(manage, INSTANCE, "acme", "site", "tally", patch=patch)
    await console.api.stage.world.commit(replace(FILTER, title=MARKUP))
    one = await console.admin("acme")
    for path in PAGES:
        answer = await one.get(path)
        assert answer.status_code == 200, answer.text
        assert "<img src=x" not in answer.text
        assert "&lt;img src=x" in answer.text
        assert SECRET not in answer.text
        assert " style=" not in answer.text
        assert all("src=" in part[:200] for part in answer.text.split("<script")[1:])


@pytest.mark.parametrize("path", [*PAGES, "/w/acme/sources/nowhere"])
async def test_another_workspace_finds_no_source(console: ConsoleStage, path: str) -> None:
    one = await console.admin("globex")
    answer = await one.get(path)
    assert answer.status_code == 404
    assert "Site" not in answer.text


async def test_a_token_that_only_reads_sees_no_form_and_changes_nothing(console: ConsoleStage) -> None:
    one = await console.admin("acme", "workspace:read")
    text = (await one.get(HOME)).text
    for hidden in ("Create a write key", "Retire", "Delete source"):
        assert hidden not in text
    before = await console.api.head()
    for path, data in ((HOME, {"do": "create"}), (f"{HOME}/settings", {}), (f"{HOME}/delete", {"confirm": "site"})):
        refused = await one.post(path, data)
        assert refused.status_code == 403
        assert "workspace:write" in refused.text
    assert await console.api.head() == before


@pytest.mark.parametrize("path", PAGES)
async def test_a_token_without_workspace_read_is_told_so(console: ConsoleStage, path: str) -> None:
    one = await console.admin("acme", "cache:purge")
    assert (await one.get(path)).status_code == 403


async def test_keys_are_made_adopted_and_retired(console: ConsoleStage) -> None:
    one = await console.admin("acme")
    await one.get(HOME)
    assert (await one.post(HOME, {"do": "create"})).status_code == 303
    assert (await one.post(HOME, {"do": "adopt", "key": "adopted_key_0001"})).status_code == 303
    live = "The write key adopted_key_0001 is live. It is Site&#39;s, in the workspace Acme."
    assert live in (await one.get(HOME)).text
    source = await sources.show(console.api.deps.manage, INSTANCE, "acme", "site")
    assert len(source.write_keys) == 3
    assert source.write_keys[-1] == "adopted_key_0001"
    assert (await one.post(HOME, {"do": "retire", "key": KEY})).status_code == 303
    text = (await one.get(HOME)).text
    assert f"The write key {KEY} is retired in the workspace Acme: nobody gets anything for it." in text
    assert "Retired, and never used again" in text
    again = await one.post(HOME, {"do": "adopt", "key": KEY})
    assert again.status_code == 422
    assert "a write key is never used twice" in again.text


async def test_what_retiring_a_key_stops_is_said_before(console: ConsoleStage) -> None:
    one = await console.admin("acme")
    text = (await one.get(HOME)).text
    assert "pages load no destination" in text
    assert "It is the last live key of Site" in text
    await one.post(HOME, {"do": "create"})
    assert "It is the last live key" not in (await one.get(HOME)).text


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"do": "adopt", "key": "short"}, "Allowed are 8 to 64 characters"),
        ({"do": "adopt", "key": ""}, "A write key is required."),
        ({"do": "melt"}, "Choose one of: create, adopt, retire."),
    ],
)
async def test_a_key_that_cannot_be_is_refused_in_place(console: ConsoleStage, data: dict[str, str], said: str) -> None:
    one = await console.admin("acme")
    await one.get(HOME)
    before = await console.api.head()
    answer = await one.post(HOME, data)
    assert answer.status_code == 422
    assert said in answer.text
    assert await console.api.head() == before


async def test_a_source_is_deleted_only_where_its_slug_was_typed(console: ConsoleStage) -> None:
    one = await console.admin("acme")
    await one.get(HOME)
    before = await console.api.head()
    assert (await one.post(f"{HOME}/delete", {"confirm": "Site"})).status_code == 409
    assert await console.api.head() == before
    done = await one.post(f"{HOME}/delete", {"confirm": "site"})
    assert done.headers["Location"] == "/console/w/acme/sources"
    assert "In the workspace Acme, Site is deleted" in (await one.get("/w/acme/sources")).text
    assert (await one.get(HOME)).status_code == 404


async def test_what_is_published_says_where_each_entry_comes_from(console: ConsoleStage) -> None:
    one = await console.admin("acme")
    text = (await one.get(f"{HOME}/published")).text
    for shown in (
        "remotePlugins[0].settings.apiKey",
        "first-api-key",
        "the setting API key",
        "the filter No clicks drops",
        "Courier is in cloud mode",
        "&#34;remotePlugins&#34;",
        f"http://edge.test/v1/projects/{KEY}/settings",
    ):
        assert shown in text


async def test_a_mobile_source_says_what_to_package_and_a_server_source_why_it_is_cloud_only(
    console: ConsoleStage,
) -> None:
    one = await console.admin("acme")
    await console.api.stage.world.commit(replace(SOURCE, type="ios"))
    for path in (f"{HOME}/published", f"{HOME}/explain"):
        assert "The app must package the Tally SDK" in (await one.get(path)).text
    await console.api.stage.world.commit(replace(SOURCE, type="python"), replace(IN_DEVICE, mode="device"))
    assert "A server source is cloud only" in (await one.get(f"{HOME}/published")).text
    assert "a server source has no device" in (await one.get(f"{HOME}/published")).text
    assert "A server source has no device" in (await one.get(f"{HOME}/explain")).text


async def test_explain_tells_of_every_destination_why(console: ConsoleStage) -> None:
    await console.api.stage.world.commit(replace(IN_DEVICE, enabled=False, settings={}))
    one = await console.admin("acme")
    text = (await one.get(f"{HOME}/explain")).text
    for shown in ("It is disabled", "Required and missing: apiKey", "Cloud mode: its name only", "own sink"):
        assert shown in text


async def test_settings_that_cannot_be_opened_are_said_and_no_error(console: ConsoleStage) -> None:
    sealed = LostSettings(Keyring([new_secret_key()]).seal(b"{}"))
    await console.api.stage.world.commit(replace(IN_DEVICE, settings=sealed))
    one = await console.admin("acme")
    for path in PAGES:
        assert (await one.get(path)).status_code == 200
    assert "Stored settings of this source cannot be opened" in (await one.get(f"{HOME}/published")).text
    assert "cannot be decrypted" in (await one.get(f"{HOME}/explain")).text


async def test_settings_are_saved_and_what_is_wrong_stays_as_typed(console: ConsoleStage) -> None:
    one = await console.admin("acme")
    seen = seen_in((await one.get(f"{HOME}/settings")).text)
    sent = {"display_name": "Shop", "api_host": "t.example/v1", "retry_queue": "on", "seen": seen}
    for field, value, said in (
        ("api_host", "not a host", "is no API host"),
        ("tracking_plan", "{", "this is no JSON"),
        ("tracking_plan", "[]", "An object is needed"),
        ("tracking_plan", '{"track": {"A": {}}}', "enabled"),
    ):
        answer = await one.post(f"{HOME}/settings", {**sent, field: value})
        assert answer.status_code == 422
        assert said.lower() in answer.text.lower()
        assert 'value="Shop"' in answer.text
    done = await one.post(f"{HOME}/settings", {**sent, "tracking_plan": PLAN})
    assert done.status_code == 303
    source = await sources.show(console.api.deps.manage, INSTANCE, "acme", "site")
    assert (source.display_name, source.library.api_host, source.library.retry_queue) == ("Shop", "t.example/v1", True)
    assert source.tracking_plan == {"Debug": PlannedEvent(enabled=False)}
    assert "In the workspace Acme, the settings of Shop are saved." in (await one.get(f"{HOME}/settings")).text


async def test_of_two_admins_the_second_is_told_and_overwrites_nothing_unseen(console: ConsoleStage) -> None:
    one, other = await console.admin("acme"), await console.admin("instance")
    seen = seen_in((await one.get(f"{HOME}/settings")).text)
    await other.get(f"{HOME}/settings")
    await other.post(f"{HOME}/settings", {"display_name": "Theirs", "seen": seen})
    head = await console.api.head()
    refused = await one.post(f"{HOME}/settings", {"display_name": "Mine", "seen": seen})
    assert refused.status_code == 409
    assert "somebody else changed this source meanwhile" in refused.text
    assert 'value="Mine"' in refused.text
    assert await console.api.head() == head
    assert (await one.post(f"{HOME}/settings", {"display_name": "Mine"})).status_code == 409
    again = {"display_name": "Mine", "seen": seen_in(refused.text)}
    assert (await one.post(f"{HOME}/settings", again)).status_code == 303


def seen_in(text: str) -> str:
    return text.partition('name="seen" value="')[2].partition('"')[0]


async def test_what_the_loader_is_made_of_is_chosen_and_what_cannot_be_is_refused(console: ConsoleStage) -> None:
    one = await console.admin("acme")
    text = (await one.get(f"{HOME}/settings")).text
    assert "1.84.3" in text
    sent = {"display_name": "Site", "retry_queue": "on", "seen": seen_in(text), "client": "analytics-next"}
    refused = await one.post(f"{HOME}/settings", {**sent, "client_version": "0.0.1"})
    assert refused.status_code == 422
    assert "is not on this edge" in refused.text
    assert (await one.post(f"{HOME}/settings", {**sent, "client_version": "1.84.3"})).status_code == 303
    assert "analytics-next 1.84.3" in (await one.get(f"{HOME}/published")).text
    again = {"display_name": "Site", "seen": seen_in((await one.get(f"{HOME}/settings")).text), "bundle": "separate"}
    await one.post(f"{HOME}/settings", {**again, "client": "edgewise", "client_version": "1.84.3"})
    source = await sources.show(console.api.deps.manage, INSTANCE, "acme", "site")
    assert (source.loader.client, source.loader.version, source.loader.bundle) == ("edgewise", None, "separate")


async def test_a_pinned_version_that_is_gone_keeps_nobody_from_saving_the_rest(console: ConsoleStage) -> None:
    pinned = replace(SOURCE, loader=LoaderConfig("analytics-next", "0.0.1"))
    await console.api.stage.world.commit(pinned)
    one = await console.admin("acme")
    text = (await one.get(f"{HOME}/settings")).text
    assert "0.0.1, which this edge does not have" in text
    sent = {"display_name": "Shop", "seen": seen_in(text), "client": "analytics-next", "client_version": "0.0.1"}
    assert (await one.post(f"{HOME}/settings", sent)).status_code == 303
    assert (await sources.show(console.api.deps.manage, INSTANCE, "acme", "site")).loader == pinned.loader
