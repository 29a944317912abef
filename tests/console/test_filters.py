"""Filters in the console: added, changed, deleted, and by two admins at once."""

import re
from typing import Any

import pytest

from edge.manage import filters
from edge.manage.filters import FilterPatch, Place
from edge.manage.problem import ProblemError
from edge.model.filter import Filter
from edge.store.lookup import FIRST_PAGE
from tests.console.stage import ConsoleStage, Somebody
from tests.manage.stage import ACME
from tests.support.world import FILTER

pytestmark = pytest.mark.anyio

HERE = "/w/acme/sources/site/destinations/tally"
PATH = f"{HERE}/filters/{FILTER.id}"
PLACE = Place("acme", "site", "tally")


def positions(text: str) -> list[str]:
    """What the page's forms are held to: the one that saves, then the one that deletes."""
    return re.findall(r'name="position" value="(\d*)"', text)


def form_of(text: str) -> dict[str, Any]:
    """The fields of a filter's form with one action, as a browser would send them back."""
    values: dict[str, Any] = {"actions": "1", "position": positions(text)[0]}
    for name in ("title", "action.0.percent", "action.0.path"):
        found = re.search(rf'name="{re.escape(name)}" type="text" value="([^"]*)"', text)
        values[name] = found[1] if found else ""
    for name in ("condition", "description", "action.0.fields"):
        found = re.search(rf'name="{re.escape(name)}"[^>]*>\n?([^<]*)</textarea>', text)
        values[name] = (found[1] if found else "").replace("&#34;", '"').replace("&#39;", "'")
    kind = re.search(r'value="(\w+)" selected', text)
    values["action.0.type"] = kind[1] if kind else ""
    if re.search(r'name="enabled"[^>]* checked', text):
        values["enabled"] = "on"
    return values


async def opened(one: Somebody) -> dict[str, Any]:
    return form_of((await one.get(PATH)).text)


async def stored(console: ConsoleStage) -> Filter:
    return await filters.show(console.api.deps.manage, ACME, PLACE, FILTER.id)


async def other(console: ConsoleStage, patch: FilterPatch) -> int:
    """What another admin does meanwhile."""
    return (await filters.change(console.api.deps.manage, ACME, PLACE, FILTER.id, patch)).position


async def test_a_filter_is_added_changed_and_deleted(console: ConsoleStage) -> None:
    one, manage = await console.admin("acme"), console.api.deps.manage
    await one.get(f"{HERE}/new-filter")
    values = {"title": "New", "condition": "all", "actions": "1", "action.0.type": "sample_event"}
    more = await one.post(f"{HERE}/new-filter", {**values, "more": "1"})
    assert more.status_code == 200
    assert 'name="actions" value="2"' in more.text
    refused = await one.post(f"{HERE}/new-filter", {**values, "action.0.percent": "200"})
    assert refused.status_code == 422
    assert 'id="action.0.percent-error"' in refused.text
    assert (await one.post(f"{HERE}/new-filter", {**values, "action.0.percent": "20"})).status_code == 303
    made = next(one for one in await filters.listed(manage, ACME, PLACE, FIRST_PAGE) if one.title == "New")
    assert (made.actions[0].percent, made.enabled) == (0.2, False)
    text = (await one.get(HERE)).text
    assert "lets 20 % of the events through" in text
    path = f"{HERE}/filters/{made.id}"
    values |= {"position": positions((await one.get(path)).text)[0]}
    wrong = await one.post(path, {**values, "condition": "type =", "action.0.percent": "20"})
    assert wrong.status_code == 422
    assert 'id="condition-error"' in wrong.text
    assert (await one.post(path, {**values, "title": "", "action.0.percent": "5", "enabled": "on"})).status_code == 303
    after = await filters.show(manage, ACME, PLACE, made.id)
    assert (after.title, after.actions[0].percent, after.enabled) == ("", 0.05, True)
    text = (await one.get(path)).text
    assert (await one.post(f"{path}/delete", {"position": positions(text)[-1]})).status_code == 303
    assert (await one.get(path)).status_code == 404


async def test_sent_back_as_it_was_it_changes_nothing(console: ConsoleStage) -> None:
    one = await console.admin("acme")
    before = await console.api.head()
    assert (await one.post(PATH, await opened(one))).status_code == 303
    assert await console.api.head() == before


async def test_the_second_of_two_admins_is_told_and_overwrites_nothing_unseen(console: ConsoleStage) -> None:
    one = await console.admin("acme")
    values = await opened(one)
    theirs = FilterPatch(enabled=not FILTER.enabled, condition='type = "page"', title="Theirs")
    position = await other(console, theirs)
    told = await one.post(PATH, {**values, "title": "Mine"})
    assert (told.status_code, await console.api.head()) == (409, position)
    for word in ("somebody else changed this filter", "Theirs", "Save over it", "Taken over", "Yours", "In this form"):
        assert word in told.text, word
    again = form_of(told.text)
    assert (again["position"], again["title"], again["condition"]) == (str(position), "Mine", 'type = "page"')
    assert (await one.post(PATH, again)).status_code == 303
    after = await stored(console)
    assert (after.title, after.condition, after.enabled) == ("Mine", 'type = "page"', not FILTER.enabled)
    assert after.actions == FILTER.actions


async def test_a_change_that_comes_between_the_look_and_the_commit_is_told_too(
    console: ConsoleStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = await console.admin("acme")
    values = await opened(one)
    real, at = filters.change, []

    async def late(*given: Any, **named: Any) -> Any:
        monkeypatch.setattr(filters, "change", real)
        at.append(await other(console, FilterPatch(title="Theirs")))
        return await real(*given, **named)

    monkeypatch.setattr(filters, "change", late)
    told = await one.post(PATH, {**values, "description": "mine"})
    assert (told.status_code, await console.api.head()) == (409, at[0])
    assert form_of(told.text)["description"] == "mine"
    assert form_of(told.text)["title"] == "Theirs"


async def test_what_was_changed_and_changed_back_stands_in_nobodys_way(console: ConsoleStage) -> None:
    one = await console.admin("acme")
    values = await opened(one)
    await other(console, FilterPatch(title="Theirs"))
    await other(console, FilterPatch(title=FILTER.title))
    assert (await one.post(PATH, {**values, "title": "Mine"})).status_code == 303


@pytest.mark.parametrize("position", ["", "0", "x", "9" * 40])
async def test_a_form_of_no_known_position_must_be_confirmed(console: ConsoleStage, position: str) -> None:
    one = await console.admin("acme")
    before = await console.api.head()
    told = await one.post(PATH, {**(await opened(one)), "position": position, "title": "Mine"})
    assert (told.status_code, await console.api.head()) == (409, before)
    assert form_of(told.text)["title"] == "Mine"
    assert (await one.post(PATH, form_of(told.text))).status_code == 303


async def test_what_another_changed_is_not_deleted_unseen_and_saving_after_that_saves(console: ConsoleStage) -> None:
    one = await console.admin("acme")
    seen = positions((await one.get(PATH)).text)[-1]
    position = await other(console, FilterPatch(title="Theirs"))
    for sent in ({"position": seen}, {}):
        told = await one.post(f"{PATH}/delete", sent)
        assert (told.status_code, await console.api.head()) == (409, position)
        assert "Nothing was deleted: somebody else changed this filter" in told.text
    assert f'<form method="post" action="/console{PATH}" class="stack">' in told.text
    assert (await one.post(f"{PATH}/delete", {"position": positions(told.text)[-1]})).status_code == 303
    with pytest.raises(ProblemError):
        await stored(console)
