"""Two admins and one source, destination or filter: the second is told, and nothing is overwritten unseen."""

import asyncio

import pytest

from edge.manage import destinations, filters, sources
from edge.manage.destinations import DestinationPatch
from edge.manage.filters import FilterPatch, Place
from edge.manage.problem import ProblemError
from edge.manage.sources import SourcePatch
from tests.manage.stage import ACME, GLOBEX, Stage
from tests.support.world import FILTER

pytestmark = pytest.mark.anyio


async def change(stage: Stage, patch: DestinationPatch, expected: int | None = None) -> int:
    done = await destinations.change(stage.manage, ACME, "acme", "site", "tally", patch=patch, expected=expected)
    return done.document.position


async def test_a_change_made_for_what_is_there_passes_and_says_the_next_position(stage: Stage) -> None:
    seen = (await destinations.show(stage.manage, ACME, "acme", "site", "tally")).position
    after = await change(stage, DestinationPatch(enabled=False), seen)
    assert after == await stage.head()
    assert await change(stage, DestinationPatch(enabled=False), after) == after


async def test_a_change_made_for_what_is_gone_is_refused_and_writes_nothing(stage: Stage) -> None:
    seen = (await destinations.show(stage.manage, ACME, "acme", "site", "tally")).position
    first = await change(stage, DestinationPatch(settings={"apiKey": "theirs"}), seen)
    with pytest.raises(ProblemError, match=f"at position {first}") as refused:
        await change(stage, DestinationPatch(settings={"apiKey": "mine"}), seen)
    assert refused.value.kind == "changed"
    assert await stage.head() == first


async def test_of_two_at_the_same_moment_one_is_refused(stage: Stage) -> None:
    seen = (await destinations.show(stage.manage, ACME, "acme", "site", "tally")).position
    patches = [DestinationPatch(settings={"apiKey": name}) for name in ("one", "two", "three")]
    outcomes = await asyncio.gather(*(change(stage, one, seen) for one in patches), return_exceptions=True)
    refused = [one for one in outcomes if isinstance(one, ProblemError) and one.kind == "changed"]
    assert len(refused) == 2
    assert await stage.head() == next(one for one in outcomes if isinstance(one, int))


async def test_a_change_of_another_destination_is_none_of_this_ones(stage: Stage) -> None:
    seen = (await destinations.show(stage.manage, ACME, "acme", "site", "tally")).position
    patch = DestinationPatch(enabled=False)
    await destinations.change(stage.manage, ACME, "acme", "site", "courier", patch=patch)
    assert await change(stage, DestinationPatch(enabled=False), seen) == await stage.head()


async def test_what_it_was_at_a_position_can_be_read_as_long_as_it_is_remembered(stage: Stage) -> None:
    seen = (await destinations.show(stage.manage, ACME, "acme", "site", "tally")).position
    await change(stage, DestinationPatch(settings={"apiKey": "second"}))
    before = await destinations.was(stage.manage, ACME, "acme", "site", "tally", position=seen)
    assert before is not None
    assert before.settings["apiKey"] == "first-api-key"
    assert await destinations.was(stage.manage, ACME, "acme", "site", "tally", position=seen - 1) is None
    with pytest.raises(ProblemError) as refused:
        await destinations.was(stage.manage, GLOBEX, "acme", "site", "tally", position=seen)
    assert refused.value.kind == "not_found"


async def test_a_filters_change_is_held_to_its_position_too(stage: Stage) -> None:
    await stage.world.commit(FILTER)
    place = Place("acme", "site", "tally")
    _, seen = await filters.placed(stage.manage, ACME, place, FILTER.id)
    first = await filters.change(stage.manage, ACME, place, FILTER.id, FilterPatch(title="theirs"), expected=seen)
    assert first.own == first.position == await stage.head()
    with pytest.raises(ProblemError, match=f"at position {first.position}") as refused:
        await filters.change(stage.manage, ACME, place, FILTER.id, FilterPatch(title="mine"), expected=seen)
    assert refused.value.kind == "changed"
    again = await filters.change(stage.manage, ACME, place, FILTER.id, FilterPatch(title="theirs"), expected=first.own)
    assert (again.changed, again.own) == (False, first.own)
    before = await filters.was(stage.manage, ACME, place, FILTER.id, position=seen)
    assert before is not None
    assert before.title == FILTER.title
    with pytest.raises(ProblemError) as unseen:
        await filters.was(stage.manage, GLOBEX, place, FILTER.id, position=seen)
    assert unseen.value.kind == "not_found"


async def test_a_source_is_neither_changed_nor_deleted_where_it_was_changed_meanwhile(stage: Stage) -> None:
    _, seen = await sources.placed(stage.manage, ACME, "acme", "site")
    theirs = SourcePatch(display_name="theirs")
    first = await sources.change(stage.manage, ACME, "acme", "site", theirs, expected=seen)
    assert first.own == first.position > seen
    with pytest.raises(ProblemError, match="changed meanwhile"):
        await sources.change(stage.manage, ACME, "acme", "site", SourcePatch(display_name="mine"), expected=seen)
    with pytest.raises(ProblemError, match="changed meanwhile"):
        await sources.delete(stage.manage, ACME, "acme", "site", expected=seen)
    assert await stage.head() == first.position
    # Nor is a change of a destination one of its source.
    await change(stage, DestinationPatch(settings={"apiKey": "theirs"}))
    again = await sources.change(stage.manage, ACME, "acme", "site", theirs, expected=first.own)
    assert (again.changed, again.own) == (False, first.own)
    await sources.delete(stage.manage, ACME, "acme", "site", expected=first.own)


async def test_nothing_is_deleted_that_was_changed_meanwhile(stage: Stage) -> None:
    await stage.world.commit(FILTER)
    place = Place("acme", "site", "tally")
    _, filters_position = await filters.placed(stage.manage, ACME, place, FILTER.id)
    position = (await destinations.show(stage.manage, ACME, "acme", "site", "tally")).position
    await filters.change(stage.manage, ACME, place, FILTER.id, FilterPatch(title="theirs"))
    head = await change(stage, DestinationPatch(settings={"apiKey": "theirs"}))
    with pytest.raises(ProblemError, match="changed meanwhile"):
        await filters.delete(stage.manage, ACME, place, FILTER.id, expected=filters_position)
    with pytest.raises(ProblemError, match="changed meanwhile"):
        await destinations.delete(stage.manage, ACME, "acme", "site", "tally", expected=position)
    assert await stage.head() == head
    await destinations.delete(stage.manage, ACME, "acme", "site", "tally", expected=head)
