from dataclasses import replace
from typing import Any

import pytest

from edge.manage import destinations
from edge.model.definition import Setting
from edge.model.destination import Destination
from tests.console.stage import ConsoleStage, Somebody
from tests.manage.stage import ACME
from tests.support.world import CLOUD, DEVICE, IN_DEVICE, SECRET

pytestmark = pytest.mark.anyio

MARKUP = "<img src=x onerror=alert(1)>\"'&</title>"
HERE = "/w/acme/sources/site/connect/tally"
LOOKS = {"look.apiKey": "text", "look.secretKey": "secret"}
FORM = {"display_name": "Second", "slug": "tally-2", "mode": "device", **LOOKS}


async def stored(console: ConsoleStage, slug: str, source: str = "site") -> Destination:
    return (await destinations.show(console.api.deps.manage, ACME, "acme", source, slug)).destination


async def sent(one: Somebody, path: str = HERE, **more: Any) -> Any:
    await one.get(path)
    return await one.post(path, {**FORM, **more})


async def test_a_source_is_chosen_and_confirmed(console: ConsoleStage) -> None:
    await console.api.stage.source("backend", "python")
    await console.api.stage.world.commit(replace(DEVICE, modes={"web": ("device",)}))
    one = await console.admin("acme")
    path = "/w/acme/catalog/destinations/tally/connect"
    page = (await one.get(path)).text
    assert "Confirm Source" in page
    assert "t supports sources of these platforms: web" in page
    assert "Has it already as Tally; this will be another one." in page
    unchosen = await one.get(f"{path}?confirm=1")
    assert unchosen.status_code == 422
    assert "Choose the source" in unchosen.text
    chosen = await one.get(f"{path}?confirm=1&source=site")
    assert chosen.headers["Location"] == "/console/w/acme/sources/site/connect/tally?from=catalog"
    assert (await one.get(f"{path}?confirm=1&source=backend")).status_code == 422
    assert (await one.get(f"{path}?confirm=1&source=nowhere")).status_code == 404


async def test_the_ways_back_and_out_are_those_one_came_by(console: ConsoleStage) -> None:
    one = await console.admin("acme")
    step_one, catalog = "/console/w/acme/catalog/destinations/tally/connect", "/console/w/acme/catalog"
    source, shelf = "/console/w/acme/sources/site", "/console/w/acme/sources/site/add"
    for query, back, out in (("?from=catalog", step_one, catalog), ("", shelf, source), ("?from=x", shelf, source)):
        refused = await one.post(HERE + query, {"display_name": ""})
        assert refused.status_code == 422
        for text in ((await one.get(HERE + query)).text, refused.text):
            assert f'<p class="back"><a href="{back}">' in text
            assert f'<a class="button button-quiet" href="{out}">Cancel</a>' in text
    copying = (await one.get(f"{HERE}?from=catalog&copy=site/tally")).text
    assert 'id="copying" method="get"><input type="hidden" name="from" value="catalog">' in copying


async def test_a_destination_is_connected_disabled_and_may_be_incomplete(console: ConsoleStage) -> None:
    one = await console.admin("acme")
    done = await sent(one)
    assert done.headers["Location"] == "/console/w/acme/sources/site/destinations/tally-2"
    made = await stored(console, "tally-2")
    assert (made.definition, made.display_name, made.enabled, dict(made.settings)) == ("tally", "Second", False, {})
    assert (
        "Second is connected to Site in the workspace Acme, and still disabled."
        in (await one.get("/w/acme/sources/site/destinations/tally-2")).text
    )


async def test_enabling_asks_for_what_is_required_at_its_field_and_keeps_what_was_typed(console: ConsoleStage) -> None:
    one = await console.admin("acme")
    before = await console.api.head()
    refused = await sent(one, enabled="on", **{"setting.secretKey": "typed-secret-0123456789"})
    assert refused.status_code == 422
    assert await console.api.head() == before
    assert 'id="setting.apiKey-error"' in refused.text
    assert 'aria-describedby="setting.apiKey-error" aria-invalid="true"' in refused.text
    assert 'value="Second"' in refused.text
    assert "typed-secret" not in refused.text
    assert "Write it again" in refused.text
    done = await sent(one, enabled="on", **{"setting.apiKey": "k", "setting.secretKey": "typed-secret-0123456789"})
    assert done.status_code == 303
    made = await stored(console, "tally-2")
    assert (made.enabled, dict(made.settings)) == (True, {"apiKey": "k", "secretKey": "typed-secret-0123456789"})


async def test_no_secret_of_any_type_comes_back_whatever_the_form_says_it_is(console: ConsoleStage) -> None:
    settings = (*DEVICE.settings, Setting("hooks", "Hooks", "mixed", secret=True))
    await console.api.stage.world.commit(replace(DEVICE, settings=settings))
    one = await console.admin("acme")
    typed = {"setting.secretKey": "typed-s3cr3t", "setting.hooks": '["typed-s3cr3t"'}
    for looks in ({"look.hooks": "secret-json"}, {"look.hooks": "json", "look.secretKey": "text"}):
        refused = await sent(one, enabled="on", **typed, **looks)
        assert refused.status_code == 422
        assert "typed-s3cr3t" not in refused.text


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"display_name": ""}, "display_name"),
        ({"slug": "No slug"}, "slug"),
        ({"slug": "tally"}, None),
        ({"mode": "cloud", "enabled": "on", "setting.apiKey": "x" * 10_001}, "setting.apiKey"),
    ],
)
async def test_what_is_wrong_is_told_in_place_and_nothing_is_written(
    console: ConsoleStage, more: dict[str, str], field: str | None
) -> None:
    one = await console.admin("acme")
    before = await console.api.head()
    refused = await sent(one, **more)
    assert refused.status_code == 422
    assert (f'id="{field}-error"' in refused.text) if field else "exists already" in refused.text
    assert await console.api.head() == before


async def test_where_there_is_one_mode_the_form_says_why(console: ConsoleStage) -> None:
    await console.api.stage.source("backend", "python")
    one = await console.admin("acme")
    backend = (await one.get("/w/acme/sources/backend/connect/tally")).text
    assert "Cloud mode: a server has no page and no app that could run Tally&#39;s code." in backend
    assert 'type="radio"' not in backend
    assert 'type="radio" name="mode" value="cloud"' in (await one.get(HERE)).text
    courier = (await one.get("/w/acme/sources/site/connect/courier")).text
    assert "Cloud mode: the only one that Courier has on web sources." in courier
    forced = await sent(one, "/w/acme/sources/backend/connect/tally", slug="tally")
    assert forced.status_code == 422
    assert "no device to run" in forced.text


async def test_settings_are_copied_with_their_secrets_and_the_page_never_has_these(console: ConsoleStage) -> None:
    await console.api.stage.source("shop", "javascript")
    one = await console.admin("acme")
    path = "/w/acme/sources/shop/connect/tally"
    page = (await one.get(f"{path}?copy=site/tally")).text
    assert "Filled with the settings of Tally on Site." in page
    assert 'value="first-api-key"' in page
    assert SECRET not in page
    values = {**FORM, "copy": "site/tally", "setting.apiKey": "of-the-shop", "enabled": "on"}
    done = await one.post(path, values)
    assert done.status_code == 303
    made = await stored(console, "tally-2", "shop")
    assert dict(made.settings) == {"apiKey": "of-the-shop", "secretKey": SECRET}
    assert SECRET not in (await one.get("/w/acme/sources/shop/destinations/tally-2")).text
    entry = await console.api.stage.entry(await console.api.head())
    assert entry.reason.endswith("with the settings of site/tally")


@pytest.mark.parametrize("copy", ["site/courier", "nowhere/tally", "../tally", "x" * 300])
async def test_only_what_is_offered_is_copied(console: ConsoleStage, copy: str) -> None:
    one = await console.admin("acme")
    assert (await one.get(f"{HERE}?copy={copy}")).status_code == 404
    await one.get(HERE)
    assert (await one.post(HERE, {**FORM, "copy": copy})).status_code == 404


async def test_another_workspaces_settings_are_neither_offered_nor_copied(console: ConsoleStage) -> None:
    await console.api.stage.source("site", "javascript", "globex")
    one = await console.admin("globex")
    path = "/w/globex/sources/site/connect/tally"
    page = (await one.get(path)).text
    assert "Copy Settings" not in page
    assert (await one.post(path, {**FORM, "copy": "site/tally"})).status_code == 404
    assert (await one.get(HERE)).status_code == 404
    assert (await one.post(HERE, FORM)).status_code == 404


async def test_values_and_names_full_of_markup_come_back_as_text(console: ConsoleStage) -> None:
    await console.api.stage.world.commit(
        replace(IN_DEVICE, display_name=MARKUP, settings={"apiKey": MARKUP, "secretKey": SECRET})
    )
    one = await console.admin("acme")
    for text in (
        (await one.get(HERE)).text,
        (await one.get(f"{HERE}?copy=site/tally")).text,
        (await sent(one, slug=MARKUP, display_name=MARKUP, mode=MARKUP, **{"setting.apiKey": MARKUP})).text,
    ):
        assert "<img src=x" not in text
        assert "&lt;img src=x" in text


async def test_who_may_only_read_connects_nothing(console: ConsoleStage) -> None:
    one = await console.admin("acme", "workspace:read")
    before = await console.api.head()
    assert (await one.get(HERE)).status_code == 403
    assert (await one.post(HERE, FORM)).status_code == 403
    assert await console.api.head() == before


async def test_what_cannot_be_connected_is_refused_whatever_is_sent(console: ConsoleStage) -> None:
    await console.api.stage.source("backend", "python")
    await console.api.stage.world.commit(replace(CLOUD, modes={"web": ("cloud",)}))
    one = await console.admin("acme")
    path = "/w/acme/sources/backend/connect/courier"
    assert (await one.get(path)).status_code == 400
    assert (await one.post(path, {**FORM, "slug": "courier"})).status_code == 400
    assert (await one.get("/w/acme/sources/site/connect/nothing")).status_code == 404


async def test_a_browser_bundle_that_cannot_be_read_back_stops_enabling_alone(console: ConsoleStage) -> None:
    stage = console.api.stage
    assert DEVICE.bundle is not None
    stage.public.broken[f"/next-integrations/actions/tally/{DEVICE.bundle.hash}.js"] = None
    one = await console.admin("acme")
    refused = await sent(one, enabled="on", **{"setting.apiKey": "k"})
    assert refused.status_code == 422
    assert 'id="enabled-error"' in refused.text
    assert (await sent(one, **{"setting.apiKey": "k"})).status_code == 303
