import asyncio

import pytest

from edge.manage import sign_in
from edge.model.token import EVERY_WORKSPACE
from tests.console.stage import HOST, ConsoleStage, leads_to_sign_in
from tests.manage.stage import INSTANCE

pytestmark = pytest.mark.anyio

SCOPES = ("workspace:read", "workspace:write")


async def link_of(console: ConsoleStage, seconds: int = 600) -> str:
    waiting = await sign_in.offer(console.api.deps.manage, INSTANCE, EVERY_WORKSPACE, SCOPES, seconds=seconds)
    return console.sessions.link_code(waiting.id)


async def test_who_is_not_signed_in_is_led_there_and_back(console: ConsoleStage) -> None:
    one = console.somebody()
    asked = await one.get("/w/acme/sources?page_size=3")
    assert leads_to_sign_in(asked)
    assert asked.headers["Location"].endswith("?next=/console/w/acme/sources%3Fpage_size%3D3")
    form = await one.client.get(asked.headers["Location"])
    assert 'value="/console/w/acme/sources?page_size=3"' in form.text
    answer = await one.sign_in(console.api.jwts["acme"], "/console/w/acme/sources?page_size=3")
    assert answer.headers["Location"] == "/console/w/acme/sources?page_size=3"


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/console/",
        "//evil.example/console/",
        "/\\evil.example",
        "/console/\\..\\evil",
        "/console//evil.example",
        "/console/../demo",
        "/console/%2e%2e/demo",
        "javascript:alert(1)",
        "/consolex/",
        "/console/\nSet-Cookie: a=b",
        "\t//evil.example",
    ],
)
async def test_no_wanted_page_leads_out_of_the_console(console: ConsoleStage, wanted: str) -> None:
    answer = await console.somebody().sign_in(console.api.jwts["acme"], wanted)
    assert answer.headers["Location"] == "/console/"


@pytest.mark.parametrize("token", ["", "nonsense", "a.b.c", "x" * 9000])
async def test_a_token_that_is_not_valid_is_refused_in_place_and_not_shown_again(
    console: ConsoleStage, token: str
) -> None:
    answer = await console.somebody().sign_in(token)
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert not token or f">{token}<" not in answer.text


async def test_a_link_signs_in_once(console: ConsoleStage) -> None:
    code = await link_of(console)
    first, second = console.somebody(), console.somebody()
    for one in (first, second):
        await one.get("/link")
    assert (await first.post("/link", {"code": code})).status_code == 303
    refused = await second.post("/link", {"code": code})
    assert refused.status_code == 422
    assert "used already" in refused.text
    assert code not in refused.text
    assert await first.is_signed_in()
    assert not await second.is_signed_in()


async def test_of_two_who_follow_a_link_at_once_one_is_signed_in(console: ConsoleStage) -> None:
    code = await link_of(console)
    both = [console.somebody(), console.somebody()]
    for one in both:
        await one.get("/link")
    answers = await asyncio.gather(*(one.post("/link", {"code": code}) for one in both))
    assert sorted(answer.status_code for answer in answers) == [303, 422]


async def test_a_link_does_not_wait_for_ever(console: ConsoleStage) -> None:
    code = await link_of(console, 60)
    console.api.stage.clock.advance(60)
    one = console.somebody()
    await one.get("/link")
    assert (await one.post("/link", {"code": code})).status_code == 422


async def test_a_row_that_is_no_link_cannot_be_taken(console: ConsoleStage) -> None:
    token_id = (await console.api.deps.authenticate(console.api.jwts["acme"])).token_id
    one = console.somebody()
    await one.get("/link")
    assert (await one.post("/link", {"code": console.sessions.link_code(token_id)})).status_code == 422
    assert (await one.post("/link", {"code": "made.up"})).status_code == 422


async def test_signing_out_of_a_links_session_ends_every_copy_of_its_cookie(console: ConsoleStage) -> None:
    one, thief = console.somebody(), console.somebody()
    await one.get("/link")
    await one.post("/link", {"code": await link_of(console)})
    thief.client.cookies.set("edgewise_console", one.cookie, HOST, "/console")
    assert await thief.is_signed_in()
    await one.get("/workspaces")
    await one.post("/sign-out")
    assert not await thief.is_signed_in()
