"""Settings of one destination copied to another of its definition, secrets with them, without ever being answered."""

from dataclasses import replace
from typing import Any

import pytest

from edge.manage import destinations
from edge.manage.destinations import DestinationPatch
from edge.manage.merged_settings import Whence
from edge.manage.operation import Done
from edge.manage.problem import ProblemError
from edge.store.lost import LostSettings
from tests.manage.stage import ACME, INSTANCE, Stage
from tests.support.world import IN_DEVICE, SECRET

pytestmark = pytest.mark.anyio

FROM = Whence("site", "tally")


async def connect(stage: Stage, patch: DestinationPatch, **given: Any) -> Done[destinations.Described]:
    wanted = {"workspace": "acme", "source_slug": "shop", "slug": "tally", **given}
    principal = wanted.pop("principal", ACME)
    return await destinations.create(
        stage.manage, principal, wanted["workspace"], wanted["source_slug"], wanted["slug"],
        definition_slug=wanted.get("of"), patch=patch,
    )  # fmt: skip


async def test_all_settings_are_copied_and_what_is_given_comes_on_top(stage: Stage) -> None:
    await stage.source("shop", "javascript")
    done = await connect(stage, DestinationPatch(copy_from=FROM, settings={"apiKey": "of the shop"}))
    assert dict(done.document.destination.settings) == {"apiKey": "of the shop", "secretKey": SECRET}


async def test_copying_replaces_what_was_there(stage: Stage) -> None:
    await stage.source("shop", "javascript")
    await connect(stage, DestinationPatch(settings={"apiKey": "k"}))
    await connect(stage, DestinationPatch(settings={"apiKey": "n", "secretKey": "x"}), slug="tally-2", of="tally")
    patch = DestinationPatch(copy_from=Whence("shop", "tally"))
    done = await destinations.change(stage.manage, ACME, "acme", "shop", "tally-2", patch=patch)
    assert dict(done.document.destination.settings) == {"apiKey": "k"}


async def test_the_journal_says_whence_and_not_what(stage: Stage) -> None:
    await stage.source("shop", "javascript")
    done = await connect(stage, DestinationPatch(copy_from=FROM))
    entry = await stage.entry(done.position)
    assert entry.reason.endswith("with the settings of site/tally")
    assert SECRET not in repr(entry)


async def test_a_setting_that_the_definition_dropped_is_not_copied(stage: Stage) -> None:
    await stage.source("shop", "javascript")
    await stage.world.commit(replace(IN_DEVICE, settings={"apiKey": "k", "dropped": "x"}))
    done = await connect(stage, DestinationPatch(copy_from=FROM))
    assert dict(done.document.destination.settings) == {"apiKey": "k"}


@pytest.mark.parametrize("whence", [Whence("site", "courier"), Whence("site", "nothing"), Whence("elsewhere", "tally")])
async def test_only_settings_of_the_same_definition_are_copied(stage: Stage, whence: Whence) -> None:
    await stage.source("shop", "javascript")
    before = await stage.head()
    with pytest.raises(ProblemError):
        await connect(stage, DestinationPatch(copy_from=whence))
    assert await stage.head() == before


async def test_nothing_is_copied_from_another_workspace(stage: Stage) -> None:
    await stage.source("site", "javascript", "globex")
    with pytest.raises(ProblemError) as refused:
        await connect(
            stage, DestinationPatch(copy_from=FROM), workspace="globex", source_slug="site", principal=INSTANCE
        )
    assert refused.value.kind == "not_found"


async def test_settings_that_cannot_be_opened_are_not_copied(stage: Stage) -> None:
    await stage.source("shop", "javascript")
    await stage.world.commit(replace(IN_DEVICE, settings=LostSettings("sealed by nobody")))
    with pytest.raises(ProblemError, match="cannot be decrypted"):
        await connect(stage, DestinationPatch(copy_from=FROM))


async def test_a_refusal_names_each_setting_that_is_wrong(stage: Stage) -> None:
    await stage.source("shop", "javascript")
    with pytest.raises(ProblemError) as refused:
        await connect(stage, DestinationPatch(settings={"apiKey": 1, "secretKey": 2}))
    assert refused.value.fields == {
        "apiKey": "must be a text, not a number",
        "secretKey": "must be a text, not a number",
    }
    with pytest.raises(ProblemError) as refused:
        await connect(stage, DestinationPatch(enabled=True))
    assert list(refused.value.fields) == ["apiKey"]
