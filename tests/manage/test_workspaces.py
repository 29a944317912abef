import pytest

from edge.manage import sources, workspaces
from edge.manage.problem import ProblemError
from edge.store.lookup import FIRST_PAGE
from tests.manage.stage import ACME, GLOBEX, INSTANCE, Stage, without

pytestmark = pytest.mark.anyio


async def test_an_instance_token_sees_all_workspaces_and_a_workspaces_own_token_only_its_own(stage: Stage) -> None:
    assert [found.slug for found in await workspaces.listed(stage.manage, INSTANCE, FIRST_PAGE)] == ["acme", "globex"]
    assert [found.slug for found in await workspaces.listed(stage.manage, GLOBEX, FIRST_PAGE)] == ["globex"]


async def test_another_workspace_is_not_found_exactly_as_one_that_does_not_exist(stage: Stage) -> None:
    with pytest.raises(ProblemError) as other:
        await workspaces.show(stage.manage, GLOBEX, "acme")
    with pytest.raises(ProblemError) as absent:
        await workspaces.show(stage.manage, GLOBEX, "nowhere")
    assert other.value.kind == absent.value.kind == "not_found"
    assert other.value.text.replace("acme", "nowhere") == absent.value.text


async def test_only_an_instance_token_creates_a_workspace(stage: Stage) -> None:
    before = await stage.head()
    with pytest.raises(ProblemError, match="instance token") as refused:
        await workspaces.create(stage.manage, ACME, "initech", None)
    assert refused.value.kind == "forbidden"
    assert await stage.head() == before


async def test_a_workspace_without_a_name_for_people_is_called_by_its_slug(stage: Stage) -> None:
    done = await workspaces.create(stage.manage, INSTANCE, "initech", None)
    assert done.document.display_name == "initech"
    assert done.changed
    assert done.position == await stage.head()


@pytest.mark.parametrize("slug", ["", "Acme", "-a", "a/b", "a\n", "..", "a" * 64, "ä"])
async def test_a_slug_that_is_none_is_refused_with_the_rule(stage: Stage, slug: str) -> None:
    with pytest.raises(ProblemError, match=r"workspace\.name.*a-z, 0-9") as refused:
        await workspaces.create(stage.manage, INSTANCE, slug, None)
    assert refused.value.kind == "invalid"


async def test_a_name_that_is_taken_is_a_conflict(stage: Stage) -> None:
    with pytest.raises(ProblemError) as refused:
        await workspaces.create(stage.manage, INSTANCE, "acme", None)
    assert refused.value.kind == "conflict"


async def test_a_workspace_with_sources_cannot_be_deleted(stage: Stage) -> None:
    before = await stage.head()
    with pytest.raises(ProblemError, match="sources") as refused:
        await workspaces.delete(stage.manage, INSTANCE, "acme")
    assert refused.value.kind == "conflict"
    assert await stage.head() == before


async def test_only_an_instance_token_deletes_a_workspace(stage: Stage) -> None:
    before = await stage.head()
    with pytest.raises(ProblemError, match="instance token") as refused:
        await workspaces.delete(stage.manage, GLOBEX, "globex")
    assert refused.value.kind == "forbidden"
    assert await stage.head() == before


@pytest.mark.parametrize(("given", "kept"), [("Globex Inc.", "Globex Inc."), ("", "globex"), (None, "Globex")])
async def test_a_workspace_can_be_renamed_for_people(stage: Stage, given: str | None, kept: str) -> None:
    assert (await workspaces.change(stage.manage, GLOBEX, "globex", given)).document.display_name == kept


@pytest.mark.parametrize("name", ["   ", "x" * 201, "two\nlines", "bell\a"])
async def test_a_name_for_people_is_short_and_on_one_line(stage: Stage, name: str) -> None:
    before = await stage.head()
    with pytest.raises(ProblemError, match="display_name"):
        await workspaces.change(stage.manage, GLOBEX, "globex", name)
    assert await stage.head() == before


async def test_an_empty_workspace_can_be_deleted(stage: Stage) -> None:
    await sources.delete(stage.manage, INSTANCE, "acme", "site")
    await workspaces.delete(stage.manage, INSTANCE, "acme")
    assert [found.slug for found in await workspaces.listed(stage.manage, INSTANCE, FIRST_PAGE)] == ["globex"]


async def test_reading_needs_the_scope(stage: Stage) -> None:
    with pytest.raises(ProblemError, match="workspace:read") as refused:
        await workspaces.show(stage.manage, without(ACME, "workspace:read"), "acme")
    assert refused.value.kind == "forbidden"
