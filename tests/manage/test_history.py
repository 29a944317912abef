"""History: complete, of nobody else, and without a secret; and what was published at any position."""

from dataclasses import replace
from typing import Any

import pytest

from edge.manage import destinations, history, purges, sources, workspaces, write_keys
from edge.manage.destinations import DestinationPatch
from edge.manage.history import Asked, Event, published_at
from edge.manage.problem import ProblemError
from edge.manage.published import published
from edge.manage.sources import SourcePatch
from edge.publish.wire import Origin
from edge.store.retention import DAY
from tests.manage.stage import ACME, GLOBEX, INSTANCE, Stage, without
from tests.support.world import DEVICE, FILTER, IN_DEVICE, SECRET, with_api_key

pytestmark = pytest.mark.anyio

ORIGIN = Origin("https://edge.example")
NEW_SECRET = "another-secret-0123456789"


async def events(stage: Stage, asked: Asked | None = None, source: str = "site") -> tuple[Event, ...]:
    return (await history.of_source(stage.manage, ACME, "acme", source, asked or Asked())).events


async def configure(stage: Stage, **settings: Any) -> int:
    patch = DestinationPatch(settings=settings)
    return (await destinations.change(stage.manage, ACME, "acme", "site", "tally", patch=patch)).position


async def test_each_change_says_who_changed_what_when_newest_first(stage: Stage) -> None:
    stage.clock.advance(60)
    position = await configure(stage, apiKey="second-api-key")
    newest, oldest = await events(stage)
    assert (newest.position, newest.actor, newest.at) == (position, ACME.subject, stage.clock().wall)
    (edit,) = newest.edits
    assert (edit.kind, edit.action, edit.slugs) == ("destination", "changed", ("site", "tally"))
    assert [(one.label, one.before, one.after) for one in edit.differences] == [
        ("API key", "first-api-key", "second-api-key")
    ]
    assert {(edit.kind, edit.action) for edit in oldest.edits} == {("source", "created"), ("destination", "created")}


async def test_a_secret_is_shown_as_changed_and_never_by_value(stage: Stage) -> None:
    await configure(stage, secretKey=NEW_SECRET)
    await configure(stage, secretKey=None)
    removed, changed, created = await events(stage)
    told = [event.edits[0].differences[0] for event in (removed, changed)]
    assert [(one.label, one.before, one.after, one.secret) for one in told] == [
        ("Secret key", "a value", "", True),
        ("Secret key", "a value", "another value", True),
    ]
    assert SECRET not in repr((removed, changed, created))
    assert NEW_SECRET not in repr((removed, changed, created))


async def test_what_becomes_a_secret_later_is_hidden_in_what_was_written_before(stage: Stage) -> None:
    await configure(stage, apiKey="second-api-key")
    now_secret = replace(DEVICE.settings[0], secret=True, expose=False)
    await stage.world.commit(replace(DEVICE, settings=(now_secret, *DEVICE.settings[1:])))
    assert "api-key" not in repr(await events(stage))
    then = await published_at(stage.manage, ACME, "acme", "site", position=2, origin=ORIGIN)
    assert "api-key" not in repr(then)


async def test_of_a_destination_that_is_gone_the_definition_is_the_one_that_its_deletion_names(stage: Stage) -> None:
    await configure(stage, apiKey="second-api-key")
    await destinations.delete(stage.manage, ACME, "acme", "site", "tally")
    deleted, changed, _ = await events(stage)
    assert deleted.edits[0].action == "deleted"
    assert [one.secret for one in changed.edits[0].differences] == [False]
    beyond = await events(stage, Asked(before=deleted.position, size=1))
    assert [one.secret for one in beyond[0].edits[0].differences] == [True]
    assert "second-api-key" not in repr(beyond)


async def test_a_workspace_has_all_its_own_and_nothing_of_another(stage: Stage) -> None:
    await sources.create(stage.manage, INSTANCE, "globex", "shop", "ios", patch=SourcePatch(), write_key=None)
    await workspaces.change(stage.manage, ACME, "acme", "Acme Inc.")
    await configure(stage, apiKey="second-api-key")
    found = await history.of_workspace(stage.manage, ACME, "acme", Asked())
    assert [event.edits[0].kind for event in found.events] == ["destination", "workspace", "source"]
    assert "globex" not in repr(found)
    assert "shop" in repr(await history.of_workspace(stage.manage, GLOBEX, "globex", Asked()))


async def test_slugs_that_begin_alike_are_told_apart(stage: Stage) -> None:
    await stage.source("site-2", "ios")
    await stage.source("s_te", "ios")
    assert len(await events(stage)) == 1
    assert len(await events(stage, source="s_te")) == 1


async def test_a_source_of_an_old_name_does_not_inherit_its_history(stage: Stage) -> None:
    await sources.delete(stage.manage, ACME, "acme", "site")
    await stage.source("site", "ios")
    assert [event.edits[0].action for event in await events(stage)] == ["created"]
    assert len((await history.of_workspace(stage.manage, ACME, "acme", Asked())).events) == 3


async def test_purges_are_part_of_it_with_their_reason(stage: Stage) -> None:
    await purges.purge(
        stage.manage,
        ACME,
        tags=(),
        sources=("workspaces/acme/sources/site",),
        verb="revoke",
        reason="a leaked key",
    )
    purge = (await events(stage))[0]
    assert (purge.verb, purge.note, purge.purged) == ("revoke", "a leaked key", ("workspaces/acme/sources/site",))


async def test_it_is_filtered_by_actor_and_by_kind(stage: Stage) -> None:
    await configure(stage, apiKey="second-api-key")
    await write_keys.add(stage.manage, INSTANCE, "acme", "site", None)
    await stage.world.commit(FILTER)
    assert [event.actor for event in await events(stage, Asked(actor=INSTANCE.subject))] == [INSTANCE.subject]
    assert len(await events(stage, Asked(kind="filter"))) == 1
    assert len(await events(stage, Asked(kind="destination"))) == 2
    assert len(await events(stage, Asked(kind="source"))) == 2
    assert await events(stage, Asked(kind="purge")) == ()


async def test_pages_follow_one_another_without_a_gap(stage: Stage) -> None:
    for number in range(7):
        await configure(stage, apiKey=f"api-key-{number}")
    every = [event.position for event in await events(stage, Asked(size=50))]
    found: list[int] = []
    before = 0
    while True:
        page = await history.of_source(stage.manage, ACME, "acme", "site", Asked(before=before, size=3))
        found += [event.position for event in page.events]
        if not page.following:
            break
        before = page.following
    assert found == every
    assert len(every) == 8


async def test_what_is_wanted_rarely_is_found_behind_much_that_is_not(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "BATCH", 2)
    monkeypatch.setattr(history, "BATCHES", 2)
    await stage.world.commit(FILTER)
    for number in range(7):
        await configure(stage, apiKey=f"api-key-{number}")
    asked, pages = Asked(kind="filter", size=5), 0
    found: list[Event] = []
    while True:
        page = await history.of_source(stage.manage, ACME, "acme", "site", asked)
        pages, found = pages + 1, [*found, *page.events]
        if not page.following:
            break
        asked = replace(asked, before=page.following)
    assert (len(found), pages > 1) == (1, True)


async def test_at_each_position_it_is_the_manifest_that_was_published_then(stage: Stage) -> None:
    shown: dict[int, Any] = {}
    for change in (
        with_api_key("second"),
        FILTER,
        replace(IN_DEVICE, enabled=False),
        replace(DEVICE, creation_name="Tally 2"),
        with_api_key("third"),
    ):
        await stage.world.commit(change)
        now = await published(stage.manage, ACME, "acme", "site", ORIGIN)
        shown[now.position] = now.document
    await destinations.delete(stage.manage, ACME, "acme", "site", "tally")
    for position, document in shown.items():
        then = await published_at(stage.manage, ACME, "acme", "site", position=position, origin=ORIGIN)
        assert (then.position, then.document) == (position, document)


async def test_a_position_that_is_not_or_not_any_more_is_refused(stage: Stage) -> None:
    await stage.source("shop", "ios")
    await configure(stage, apiKey="second-api-key")
    head = await stage.head()

    async def kind(source: str, position: int) -> str:
        with pytest.raises(ProblemError) as refused:
            await published_at(stage.manage, ACME, "acme", source, position=position, origin=ORIGIN)
        return refused.value.kind

    assert await kind("site", head + 1) == "not_found"
    assert await kind("shop", 2) == "not_found"
    stage.clock.advance(400 * DAY + 1)
    kept = await configure(stage, apiKey="third-api-key")
    await stage.world.store.forget(400 * DAY)
    assert await kind("site", kept - 1) == "invalid"
    assert (await history.of_source(stage.manage, ACME, "acme", "site", Asked())).oldest == kept
    assert (await published_at(stage.manage, ACME, "acme", "site", position=kept, origin=ORIGIN)).document is not None


async def test_another_workspace_finds_nothing_and_without_the_scope_nobody_does(stage: Stage) -> None:
    for principal, expected in ((GLOBEX, "not_found"), (without(ACME, "workspace:read"), "forbidden")):
        for call in (
            history.of_source(stage.manage, principal, "acme", "site", Asked()),
            history.of_workspace(stage.manage, principal, "acme", Asked()),
            published_at(stage.manage, principal, "acme", "site", position=2, origin=ORIGIN),
        ):
            with pytest.raises(ProblemError) as refused:
                await call
            assert refused.value.kind == expected
