"""Claims over the whole table of operations: what holds for one row holds for every row."""

import re

import pytest

from edge.api.operations import OPERATIONS, PARAMETERS, Operation
from edge.model.source import SLUG, WRITE_KEY
from edge.model.token import SCOPES
from tests.api.stage import BODIES, ApiStage, operation, path_of
from tests.support.world import KEY, SECRET

pytestmark = pytest.mark.anyio

every_operation = pytest.mark.parametrize("row", OPERATIONS, ids=lambda row: row.id)


def test_no_two_rows_have_one_name_or_one_place() -> None:
    assert len({row.id for row in OPERATIONS}) == len(OPERATIONS)
    assert len({(row.method, row.path) for row in OPERATIONS}) == len(OPERATIONS)


def test_every_row_needs_a_scope() -> None:
    assert all(row.scopes and set(row.scopes) <= set(SCOPES) for row in OPERATIONS)


def test_every_row_with_a_body_has_an_example_in_these_tests() -> None:
    assert {row.id for row in OPERATIONS if row.body is not None} == set(BODIES)


@pytest.mark.parametrize("text", ["acme", "a", "a-b_c", "-a", "a-", "A", "", "a" * 63, "a" * 64, "ä", "a.b", "acme\n"])
def test_paths_and_the_model_agree_on_slugs(text: str) -> None:
    assert bool(re.compile(PARAMETERS["w"] + r"\Z").match(text)) == bool(SLUG.match(text))


@pytest.mark.parametrize("text", ["12345678", "1234567", "x" * 64, "x" * 65, "abc def gh", "abcdefgh\n", "ab_cd-EF"])
def test_paths_and_the_model_agree_on_write_keys(text: str) -> None:
    assert bool(re.compile(PARAMETERS["key"] + r"\Z").match(text)) == bool(WRITE_KEY.match(text))


def test_a_path_ends_where_its_pattern_ends() -> None:
    for row in OPERATIONS:
        path = path_of(row).removeprefix("/v1beta")
        assert row.pattern().match(path), row.id
        assert not row.pattern().match(path + "\n"), row.id


async def test_without_a_token_nothing_is_answered_and_nothing_written(api: ApiStage) -> None:
    before = await api.head()
    for row in OPERATIONS:
        answer = await api.run(row, token=None)
        assert (answer.status_code, answer.json()["code"]) == (401, 16), row.id
        assert answer.headers["WWW-Authenticate"] == "Bearer", row.id
    assert await api.head() == before


async def test_a_token_without_the_scope_is_refused_before_its_body_is_read(api: ApiStage) -> None:
    lacking = {
        scopes: [scope for scope in SCOPES if scope not in scopes] for scopes in {row.scopes for row in OPERATIONS}
    }
    tokens = {scopes: await api.token("acme", *others) for scopes, others in lacking.items()}
    before = await api.head()
    for row in OPERATIONS:
        answer = await api.call(row.method, path_of(row), token=tokens[row.scopes], content=b"{not json")
        assert (answer.status_code, answer.json()["code"]) == (403, 7), row.id
        assert all(scope in answer.json()["error"] for scope in row.scopes), row.id
    assert await api.head() == before


@every_operation
async def test_one_of_a_rows_scopes_is_enough(api: ApiStage, row: Operation) -> None:
    for scope in row.scopes:
        answer = await api.run(row, token=await api.token("*", scope))
        assert answer.status_code != 403 or "so it cannot give it" in answer.json()["error"]


async def test_what_is_another_workspaces_is_not_found_and_stays_as_it_is(api: ApiStage) -> None:
    before = await api.head()
    for row in [row for row in OPERATIONS if "{w}" in row.path or "{key}" in row.path]:
        answer = await api.run(row, token="globex")
        assert (answer.status_code, answer.json()["code"]) == (404, 5), row.id
        nowhere = path_of(row, w="acme-nowhere", key="unknown-key-0")
        absent = await api.call(row.method, nowhere, BODIES.get(row.id), token="globex")
        known = answer.json()["error"].replace(KEY, "unknown-key-0").replace("/acme", "/acme-nowhere")
        assert (absent.status_code, absent.json()["error"]) == (404, known), row.id
    assert await api.head() == before


@every_operation
async def test_every_row_answers_in_the_shape_that_it_states(api: ApiStage, row: Operation) -> None:
    if row.id == "deleteWorkspace":
        await api.run(operation("deleteSource"), token="instance")
    if row.id == "retireWriteKey":
        await api.run(operation("createWriteKey"))
    if row.id == "removeCatalogDestination":
        await api.run(operation("addCatalogDestination"), token="instance")
    purged = (await api.call("POST", "/purges", {"tags": ["workspace:acme"]}, token="instance")).json()["id"]
    token_id = (await api.call("GET", "/access-tokens", token="acme")).json()["access_tokens"][0]["id"]
    ids = {"id": token_id} | ({"position": str(purged)} if "purges" in row.path else {})
    answer = await api.run(row, token="instance", **ids)
    assert answer.status_code == row.status, answer.text
    assert answer.headers["Content-Type"] == "application/json"
    row.answer.model_validate(answer.json(), strict=True)
    assert set(answer.json()) <= {field.alias or name for name, field in row.answer.model_fields.items()}
    if row.writes:
        assert int(answer.headers["Edge-Position"]) == await api.head()


async def test_every_answer_is_for_the_asker_alone_and_shows_no_secret(api: ApiStage) -> None:
    for row in OPERATIONS:
        for token in ("globex", None, "instance" if row.method == "GET" else "globex"):
            answer = await api.run(row, token=token)
            assert answer.headers["Cache-Control"] == "no-store", row.id
            assert answer.headers["X-Content-Type-Options"] == "nosniff", row.id
            assert "Set-Cookie" not in answer.headers, row.id
            assert row.id == "getDistribution" or SECRET not in answer.text, row.id


async def test_one_slash_at_the_end_is_accepted_and_two_or_a_newline_are_not(api: ApiStage) -> None:
    for row in OPERATIONS:
        statuses = [
            (await api.call(row.method, path_of(row) + end, token=None)).status_code for end in ("", "/", "//", "%0A")
        ]
        assert statuses == [401, 401, 404, 404], row.id


async def test_methods_that_a_path_does_not_have_are_named(api: ApiStage) -> None:
    for row in OPERATIONS:
        here = {one.method for one in OPERATIONS if one.path == row.path}
        other = next(method for method in ("PUT", "POST", "PATCH") if method not in here)
        answer = await api.call(other, path_of(row))
        assert (answer.status_code, answer.json()["code"]) == (405, 3), row.id
        assert set(answer.headers["Allow"].split(", ")) == here | ({"HEAD"} if "GET" in here else set()), row.id


async def test_head_answers_as_get_without_the_content(api: ApiStage) -> None:
    for row in [row for row in OPERATIONS if row.method == "GET"]:
        got = await api.run(row)
        head = await api.call("HEAD", path_of(row))
        assert (head.status_code, head.content) == (got.status_code, b""), row.id
        assert head.headers["Content-Length"] == got.headers["Content-Length"], row.id
