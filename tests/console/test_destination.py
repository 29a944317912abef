import re
from dataclasses import replace
from typing import Any

import pytest

from edge.manage import destinations
from edge.manage.destinations import DestinationPatch
from edge.manage.problem import ProblemError
from edge.model.destination import Destination
from edge.store.lost import LostSettings
from tests.console.stage import ConsoleStage, Somebody
from tests.manage.stage import ACME
from tests.support.world import DEVICE, FILTER, IN_DEVICE, SECRET

pytestmark = pytest.mark.anyio

MARKUP = "<img src=x onerror=alert(1)>\"'&</title>"
HERE = "/w/acme/sources/site/destinations/tally"


def form_of(text: str) -> dict[str, Any]:
    """The fields of the page's form as a browser would send them back."""
    values: dict[str, Any] = {"position": re.search(r'name="position" value="(\d*)"', text)[1]}  # type: ignore[index]
    for name in ("display_name", "setting.apiKey"):
        found = re.search(
            rf'name="{re.escape(name)}" type="text" value="([^"]*)"|name="{re.escape(name)}" value="([^"]*)"', text
        )
        values[name] = (found[1] or found[2] or "") if found else ""
    values |= {"look.apiKey": "text", "look.secretKey": "secret", "consent_categories": ""}
    mode = re.search(r'name="mode" value="(\w+)" checked', text)
    values["mode"] = mode[1] if mode else "device"
    if re.search(r'name="enabled" id="enabled" checked', text):
        values["enabled"] = "on"
    return values


def last_position(text: str) -> str:
    """What the page's last form, which deletes, is held to."""
    return str(re.findall(r'name="position" value="(\d*)"', text)[-1])


async def stored(console: ConsoleStage) -> Destination:
    return (await destinations.show(console.api.deps.manage, ACME, "acme", "site", "tally")).destination


async def opened(one: Somebody, path: str = HERE) -> dict[str, Any]:
    return form_of((await one.get(path)).text)


async def other(console: ConsoleStage, patch: DestinationPatch) -> int:
    """What another admin does meanwhile."""
    done = await destinations.change(console.api.deps.manage, ACME, "acme", "site", "tally", patch=patch)
    return done.position


async def test_the_page_has_what_is_stored_and_of_secrets_a_mask(console: ConsoleStage) -> None:
    one = await console.admin("acme")
    text = (await one.get(HERE)).text
    assert 'value="first-api-key"' in text
    assert 'placeholder="••••••••6789"' in text
    assert SECRET not in text
    assert "in the workspace Acme" in text


async def test_sent_back_as_it_was_it_changes_nothing(console: ConsoleStage) -> None:
    one = await console.admin("acme")
    before = await console.api.head()
    values = await opened(one)
    assert (await one.post(HERE, values)).status_code == 303
    assert await console.api.head() == before
    assert "Nothing had to change of Tally" in (await one.get(HERE)).text


async def test_an_empty_secret_keeps_it_a_tick_clears_it_and_a_new_one_replaces_it(console: ConsoleStage) -> None:
    one = await console.admin("acme")
    await one.post(HERE, {**(await opened(one)), "setting.apiKey": "second"})
    assert dict((await stored(console)).settings) == {"apiKey": "second", "secretKey": SECRET}
    await one.post(HERE, {**(await opened(one)), "setting.secretKey": "another-secret-of-length"})
    assert (await stored(console)).settings["secretKey"] == "another-secret-of-length"
    await one.post(HERE, {**(await opened(one)), "clear.secretKey": "on"})
    assert "secretKey" not in (await stored(console)).settings


async def test_state_mode_name_and_consent_are_changed_together(console: ConsoleStage) -> None:
    one = await console.admin("acme")
    values = await opened(one)
    del values["enabled"]
    done = await one.post(
        HERE, {**values, "display_name": "", "mode": "cloud", "consent_categories": " b \r\n\r\na\r\nb"}
    )
    assert done.status_code == 303
    after = await stored(console)
    assert (after.display_name, after.mode, after.enabled, after.consent_categories) == (
        "Tally",
        "cloud",
        False,
        ("a", "b"),
    )
    text = (await one.get(HERE)).text
    assert "Tally on Site in the workspace Acme is changed, and disabled." in text
    wrong = await one.post(HERE, {**form_of(text), "consent_categories": "x" * 101})
    assert wrong.status_code == 422
    assert 'id="consent_categories-error"' in wrong.text


async def test_enabling_without_what_is_required_is_refused_in_place(console: ConsoleStage) -> None:
    one = await console.admin("acme")
    refused = await one.post(HERE, {**(await opened(one)), "setting.apiKey": ""})
    assert refused.status_code == 422
    assert 'id="setting.apiKey-error"' in refused.text
    assert SECRET not in refused.text


async def test_the_second_of_two_admins_is_told_and_overwrites_nothing_unseen(console: ConsoleStage) -> None:
    one = await console.admin("acme")
    values = await opened(one)
    theirs = DestinationPatch(
        display_name="Theirs", settings={"apiKey": "theirs", "secretKey": "their-secret-0123456789"}
    )
    position = await other(console, theirs)
    told = await one.post(HERE, {**values, "setting.apiKey": "mine"})
    assert told.status_code == 409
    assert await console.api.head() == position
    for word in ("somebody else changed", "first-api-key", "theirs", "Save over it", "a secret", "In this form"):
        assert word in told.text, word
    assert "their-secret" not in told.text
    assert SECRET not in told.text
    again = form_of(told.text)
    assert (again["position"], again["setting.apiKey"], again["display_name"]) == (str(position), "mine", "Theirs")
    assert (await one.post(HERE, again)).status_code == 303
    after = await stored(console)
    assert (after.display_name, dict(after.settings)) == (
        "Theirs",
        {"apiKey": "mine", "secretKey": "their-secret-0123456789"},
    )


async def test_a_change_that_comes_between_the_look_and_the_commit_is_told_too(
    console: ConsoleStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = await console.admin("acme")
    values = await opened(one)
    real, at = destinations.change, []

    async def late(*given: Any, **named: Any) -> Any:
        monkeypatch.setattr(destinations, "change", real)
        at.append(await other(console, DestinationPatch(settings={"apiKey": "theirs"})))
        return await real(*given, **named)

    monkeypatch.setattr(destinations, "change", late)
    told = await one.post(HERE, {**values, "setting.apiKey": "mine"})
    assert (told.status_code, await console.api.head()) == (409, at[0])
    assert 'value="mine"' in told.text
    assert "theirs" in told.text


async def test_what_was_changed_and_changed_back_stands_in_nobodys_way(console: ConsoleStage) -> None:
    one = await console.admin("acme")
    values = await opened(one)
    await other(console, DestinationPatch(settings={"apiKey": "theirs"}))
    await other(console, DestinationPatch(settings={"apiKey": "first-api-key"}))
    assert (await one.post(HERE, {**values, "setting.apiKey": "mine"})).status_code == 303


@pytest.mark.parametrize("position", ["", "0", "-1", "x", "9" * 40])
async def test_a_form_of_no_known_position_must_be_confirmed(console: ConsoleStage, position: str) -> None:
    one = await console.admin("acme")
    before = await console.api.head()
    told = await one.post(HERE, {**(await opened(one)), "position": position, "setting.apiKey": "mine"})
    assert (told.status_code, await console.api.head()) == (409, before)
    assert form_of(told.text)["setting.apiKey"] == "mine"


async def test_settings_are_copied_onto_it_with_their_secrets(console: ConsoleStage) -> None:
    await console.api.stage.source("shop", "javascript")
    patch = DestinationPatch(settings={"apiKey": "of-the-shop", "secretKey": "shop-secret-0123456789"})
    manage = console.api.deps.manage
    await destinations.create(manage, ACME, "acme", "shop", "tally", definition_slug=None, patch=patch)
    one = await console.admin("acme")
    text = (await one.get(f"{HERE}?copy=shop/tally")).text
    assert 'value="of-the-shop"' in text
    assert "shop-secret" not in text
    assert (await one.post(HERE, {**form_of(text), "copy": "shop/tally"})).status_code == 303
    assert dict((await stored(console)).settings) == {"apiKey": "of-the-shop", "secretKey": "shop-secret-0123456789"}
    assert (await one.get(f"{HERE}?copy=site/tally")).status_code == 404


async def test_what_another_disabled_stays_disabled_when_settings_are_copied_onto_it(console: ConsoleStage) -> None:
    await console.api.stage.source("shop", "javascript")
    patch = DestinationPatch(settings={"apiKey": "of-the-shop"})
    manage = console.api.deps.manage
    await destinations.create(manage, ACME, "acme", "shop", "tally", definition_slug=None, patch=patch)
    one = await console.admin("acme")
    values = {**form_of((await one.get(f"{HERE}?copy=shop/tally")).text), "copy": "shop/tally"}
    assert values["enabled"] == "on"
    await other(console, DestinationPatch(enabled=False, display_name="Theirs"))
    told = await one.post(HERE, values)
    again = form_of(told.text)
    assert told.status_code == 409
    assert ("enabled" in again, again["display_name"], again["setting.apiKey"]) == (False, "Theirs", "of-the-shop")
    assert (await one.post(HERE, {**again, "copy": "shop/tally"})).status_code == 303
    after = await stored(console)
    assert (after.enabled, after.display_name, after.settings["apiKey"]) == (False, "Theirs", "of-the-shop")


async def test_settings_that_cannot_be_opened_are_said_so_and_can_be_set_anew(console: ConsoleStage) -> None:
    await console.api.stage.world.commit(replace(IN_DEVICE, settings=LostSettings("sealed by nobody")))
    one = await console.admin("acme")
    text = (await one.get(HERE)).text
    assert "cannot be decrypted" in text
    values = {**form_of(text), "setting.apiKey": "anew"}
    refused = await one.post(HERE, values)
    assert refused.status_code == 422
    assert "cannot be decrypted" in refused.text
    assert (await one.post(HERE, {**values, "anew": "on"})).status_code == 303
    assert dict((await stored(console)).settings) == {"apiKey": "anew"}


async def test_a_destination_without_a_definition_can_only_be_deleted(console: ConsoleStage) -> None:
    await console.api.stage.world.commit(deletes=(DEVICE,))
    one = await console.admin("acme")
    text = (await one.get(HERE)).text
    assert "nothing of this destination can be changed" in text
    assert SECRET not in text
    assert (await one.post(HERE, {"display_name": "x"})).status_code == 400
    stale = await one.post(f"{HERE}/delete", {"position": "1"})
    assert stale.status_code == 409
    assert "Nothing was deleted" in stale.text
    assert (await one.post(f"{HERE}/delete", {"position": last_position(text)})).status_code == 303


async def test_what_another_changed_is_not_deleted_unseen(console: ConsoleStage) -> None:
    one = await console.admin("acme")
    seen = last_position((await one.get(HERE)).text)
    position = await other(console, DestinationPatch(display_name="Theirs"))
    for sent in ({"position": seen}, {}):
        told = await one.post(f"{HERE}/delete", sent)
        assert (told.status_code, await console.api.head()) == (409, position)
        assert "Nothing was deleted: somebody else changed this destination" in told.text
        assert 'value="Theirs"' in told.text
    assert (await one.post(f"{HERE}/delete", {"position": last_position(told.text)})).status_code == 303


async def test_deleting_says_of_what_and_needs_the_forms_token(console: ConsoleStage) -> None:
    one = await console.admin("acme")
    text = (await one.get(HERE)).text
    assert "In the workspace Acme, Site will not send events to Tally any more." in text
    sent = {"position": last_position(text)}
    assert (await one.post(f"{HERE}/delete", sent, csrf="guessed")).status_code == 403
    assert (await one.post(f"{HERE}/delete", sent)).status_code == 303
    with pytest.raises(ProblemError):
        await stored(console)
    assert "Tally is deleted from Site in the workspace Acme." in (await one.get("/w/acme/sources")).text


async def test_values_names_and_filters_full_of_markup_are_text(console: ConsoleStage) -> None:
    world = console.api.stage.world
    await world.commit(
        replace(IN_DEVICE, display_name=MARKUP, consent_categories=(MARKUP,), settings={"apiKey": MARKUP, MARKUP: "x"}),
        replace(FILTER, title=MARKUP, description=MARKUP, condition=f'event = "{MARKUP[:20]}"'),
    )
    one = await console.admin("acme")
    pages = [(await one.get(path)).text for path in (HERE, f"{HERE}/filters/{FILTER.id}", f"{HERE}/new-filter")]
    values = form_of(pages[0]) | {"setting.apiKey": MARKUP, "display_name": MARKUP + "2"}
    await other(console, DestinationPatch(settings={"apiKey": f"{MARKUP}3"}))
    pages.append((await one.post(HERE, values)).text)
    bad = {"title": MARKUP, "condition": MARKUP, "actions": "1", "action.0.type": MARKUP}
    pages.append((await one.post(f"{HERE}/new-filter", bad)).text)
    for text in pages:
        assert "<img src=x" not in text
        assert "&lt;img src=x" in text
        assert " style=" not in text


@pytest.mark.parametrize(
    "path", ["", "/delete", "/new-filter", f"/filters/{FILTER.id}", f"/filters/{FILTER.id}/delete"]
)
async def test_another_workspaces_destination_is_not_found(console: ConsoleStage, path: str) -> None:
    one = await console.admin("globex")
    before = await console.api.head()
    await one.get("/w/globex/sources")
    if path not in ("/delete", f"/filters/{FILTER.id}/delete"):
        assert (await one.get(HERE + path)).status_code == 404
    assert (await one.post(HERE + path, {"position": "2", "condition": "all"})).status_code == 404
    assert await console.api.head() == before


async def test_who_may_only_read_sees_it_without_a_button_and_changes_nothing(console: ConsoleStage) -> None:
    one = await console.admin("acme", "workspace:read")
    before = await console.api.head()
    page = await one.get(HERE)
    assert page.status_code == 200
    assert SECRET not in page.text
    for word in ("Save changes", "Add filter", "Copy Settings", "Delete"):
        assert word not in page.text
    found = await one.get(f"{HERE}/filters/{FILTER.id}")
    assert found.status_code == 200
    assert "Save filter" not in found.text
    for path in ("", "/delete", "/new-filter", f"/filters/{FILTER.id}", f"/filters/{FILTER.id}/delete"):
        assert (await one.post(HERE + path, {"position": "2"})).status_code == 403
    assert await console.api.head() == before


async def test_a_mobile_source_is_told_what_its_app_must_package(console: ConsoleStage) -> None:
    await console.api.stage.source("app", "ios")
    patch = DestinationPatch(enabled=True, mode="device", settings={"apiKey": "k"})
    await destinations.create(console.api.deps.manage, ACME, "acme", "app", "tally", definition_slug=None, patch=patch)
    one = await console.admin("acme")
    assert (
        "The app must package the Tally SDK for ios" in (await one.get("/w/acme/sources/app/destinations/tally")).text
    )
