import pytest

from edge.manage import destinations, sources
from edge.manage.destinations import DestinationPatch
from edge.manage.problem import ProblemError
from edge.manage.sources import SourcePatch
from edge.model.source import PLATFORM_OF_TYPE
from edge.store.lookup import FIRST_PAGE
from tests.manage.stage import ACME, GLOBEX, INSTANCE, Stage, without
from tests.support.world import KEY

pytestmark = pytest.mark.anyio

NOTHING = SourcePatch()


@pytest.mark.parametrize("kind", sorted(PLATFORM_OF_TYPE))
async def test_a_source_of_every_type_can_be_created_and_gets_a_write_key(stage: Stage, kind: str) -> None:
    source = await stage.source(f"a-{kind}", kind)
    assert source.platform == PLATFORM_OF_TYPE[kind]
    assert len(source.write_keys) == 1


async def test_an_unknown_type_is_refused_with_the_known_ones(stage: Stage) -> None:
    with pytest.raises(ProblemError, match=r"catalog_name.*javascript"):
        await stage.source("odd", "cobol")


async def test_an_existing_key_can_be_adopted_once_in_the_instance(stage: Stage) -> None:
    done = await sources.create(stage.manage, ACME, "acme", "two", "ios", patch=NOTHING, write_key="key-from-elsewhere")
    assert done.document.write_keys == ("key-from-elsewhere",)
    before = await stage.head()
    with pytest.raises(ProblemError) as refused:
        await sources.create(
            stage.manage, GLOBEX, "globex", "three", "ios", patch=NOTHING, write_key="key-from-elsewhere"
        )
    assert refused.value.kind == "conflict"
    assert await stage.head() == before


@pytest.mark.parametrize("key", ["short", "with space here", "newline-at-end\n", "x" * 65, "käse-käse"])
async def test_a_key_that_is_no_write_key_is_refused(stage: Stage, key: str) -> None:
    with pytest.raises(ProblemError, match="8 to 64"):
        await sources.create(stage.manage, ACME, "acme", "two", "ios", patch=NOTHING, write_key=key)


@pytest.mark.parametrize(
    "host", ["t.shop.example/v1", "https://t.shop.example/v1", "http://127.0.0.1:9000", "[::1]:9000/v1", "localhost"]
)
async def test_an_api_host_is_a_host_with_or_without_scheme_port_and_path(stage: Stage, host: str) -> None:
    done = await sources.change(stage.manage, ACME, "acme", "site", SourcePatch(api_host=host))
    assert done.document.library.api_host == host


@pytest.mark.parametrize(
    "host",
    [
        "ftp://t.example",
        "t.example?x=1",
        "t.example#x",
        "a b",
        "user@t.example",
        "javascript:alert(1)",
        "//t.example",
        't.example/"onload',
        "t.example\n",
        "-t.example",
        "t.example/<script>",
        "http://",
        "/",
        "t.example:65536",
    ],
)
async def test_an_api_host_that_is_something_else_is_refused_and_nothing_is_written(stage: Stage, host: str) -> None:
    before = await stage.head()
    with pytest.raises(ProblemError, match="api_host"):
        await sources.change(stage.manage, ACME, "acme", "site", SourcePatch(api_host=host))
    assert await stage.head() == before


async def test_a_slash_at_the_end_of_an_api_host_is_taken_off(stage: Stage) -> None:
    done = await sources.change(stage.manage, ACME, "acme", "site", SourcePatch(api_host="https://t.example/v1/"))
    assert done.document.library.api_host == "https://t.example/v1"


async def test_a_change_of_a_mobile_source_answers_with_the_advice_on_its_destinations(stage: Stage) -> None:
    await stage.source("app", "ios")
    ready = DestinationPatch(enabled=True, mode="device", settings={"apiKey": "k"})
    await destinations.create(stage.manage, ACME, "acme", "app", "tally", definition_slug=None, patch=ready)
    done = await sources.change(stage.manage, ACME, "acme", "app", SourcePatch(display_name="The app"))
    assert [one.code for one in done.advice] == ["sdk_must_package"]
    assert (await sources.change(stage.manage, ACME, "acme", "site", NOTHING)).advice == ()


async def test_an_empty_api_host_is_the_instances_default_again(stage: Stage) -> None:
    await sources.change(stage.manage, ACME, "acme", "site", SourcePatch(api_host="t.shop.example"))
    done = await sources.change(stage.manage, ACME, "acme", "site", SourcePatch(api_host=""))
    assert done.document.library.api_host is None


async def test_a_change_that_changes_nothing_has_no_entry_and_answers_the_head(stage: Stage) -> None:
    done = await sources.change(stage.manage, ACME, "acme", "site", NOTHING)
    assert not done.changed
    assert done.position == await stage.head()


async def test_a_deleted_source_takes_its_destinations_and_its_keys_along(stage: Stage) -> None:
    done = await sources.delete(stage.manage, ACME, "acme", "site")
    entry = await stage.entry(done.position)
    assert {name.rpartition("/")[2] for name in entry.resources} == {"site", "tally", "courier"}
    assert f"key:{KEY}" in entry.tags
    with pytest.raises(ProblemError) as refused:
        await sources.create(stage.manage, ACME, "acme", "site", "javascript", patch=NOTHING, write_key=KEY)
    assert refused.value.kind == "conflict"


async def test_sources_of_another_workspace_are_not_found(stage: Stage) -> None:
    before = await stage.head()
    calls = (
        lambda: sources.listed(stage.manage, GLOBEX, "acme", FIRST_PAGE),
        lambda: sources.show(stage.manage, GLOBEX, "acme", "site"),
        lambda: sources.create(stage.manage, GLOBEX, "acme", "x", "ios", patch=NOTHING, write_key=None),
        lambda: sources.change(stage.manage, GLOBEX, "acme", "site", NOTHING),
        lambda: sources.delete(stage.manage, GLOBEX, "acme", "site"),
    )
    for call in calls:
        with pytest.raises(ProblemError) as refused:
            await call()
        assert refused.value.kind == "not_found"
    assert await stage.head() == before


async def test_writing_needs_the_scope(stage: Stage) -> None:
    with pytest.raises(ProblemError, match="workspace:write"):
        await sources.delete(stage.manage, without(INSTANCE, "workspace:write"), "acme", "site")


async def test_a_change_made_for_another_state_of_the_source_is_refused(stage: Stage) -> None:
    _, seen = await sources.placed(stage.manage, ACME, "acme", "site")
    await sources.change(stage.manage, ACME, "acme", "site", SourcePatch(display_name="Theirs"), expected=seen)
    for mine in (SourcePatch(display_name="Mine"), SourcePatch(display_name="Theirs")):
        with pytest.raises(ProblemError) as refused:
            await sources.change(stage.manage, ACME, "acme", "site", mine, expected=seen)
        assert refused.value.kind == "changed"
        assert "was changed meanwhile" in refused.value.text
    source, now = await sources.placed(stage.manage, ACME, "acme", "site")
    assert (source.display_name, now > seen) == ("Theirs", True)
