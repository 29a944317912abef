import base64
import re
import zlib

import pytest

from edge.console.session import IDLE, LONGEST, RENEWED_AFTER, Sessions
from tests.console.stage import HOST, KEYS, ConsoleStage, leads_to_sign_in, sessions_of
from tests.support.ids import counted_ids

pytestmark = pytest.mark.anyio


async def test_the_cookie_is_out_of_reach_of_scripts_other_sites_and_other_paths(console: ConsoleStage) -> None:
    one = console.somebody()
    answer = await one.sign_in(console.api.jwts["acme"])
    (cookie,) = [line for line in answer.headers.get_list("set-cookie") if line.startswith("edgewise_console=")]
    assert {part.strip().lower() for part in cookie.split(";")[1:]} == {"httponly", "path=/console", "samesite=lax"}


@pytest.mark.parametrize(
    ("base", "public_url"),
    [
        (f"https://{HOST}", f"http://{HOST}"),
        (f"http://{HOST}", f"https://{HOST}"),
    ],
)
async def test_the_cookie_is_for_https_alone_wherever_the_browser_speaks_it(
    console: ConsoleStage, base: str, public_url: str
) -> None:
    one = console.somebody(base=base, public_url=public_url)
    before = await one.get("/sign-in")
    one.client.cookies.set("edgewise_console", before.cookies["edgewise_console"], HOST, "/console")
    answer = await one.post("/sign-in", {"token": console.api.jwts["acme"]})
    assert answer.status_code == 303
    for response in (before, answer):
        assert all("Secure" in line for line in response.headers.get_list("set-cookie") if "_console" in line)


async def test_a_proxy_that_ends_tls_is_known_by_what_the_browser_says(console: ConsoleStage) -> None:
    one = console.somebody()
    await one.get("/sign-in")
    answer = await one.post("/sign-in", {"token": console.api.jwts["acme"]}, Origin=f"https://{HOST}")
    assert "Secure" in answer.headers["set-cookie"]


async def test_the_cookie_holds_no_token(console: ConsoleStage) -> None:
    one = await console.admin()
    payload = one.cookie.strip('"').lstrip(".").rpartition(".")[0]
    opened = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
    text = zlib.decompress(opened) if one.cookie.startswith(".") else opened
    assert b"eyJ" not in text
    assert console.api.jwts["acme"].split(".")[2].encode() not in text


@pytest.mark.parametrize("seconds", [IDLE, LONGEST])
async def test_a_session_nobody_uses_ends(console: ConsoleStage, seconds: int) -> None:
    one = await console.admin()
    console.api.stage.clock.advance(seconds)
    assert leads_to_sign_in(await one.get("/workspaces"))


async def test_a_session_in_use_goes_on_until_its_longest_time(console: ConsoleStage) -> None:
    one = await console.admin()
    steps = LONGEST // (IDLE - 1)
    for _ in range(steps):
        console.api.stage.clock.advance(IDLE - 1)
        assert await one.is_signed_in()
    console.api.stage.clock.advance(LONGEST - steps * (IDLE - 1))
    assert not await one.is_signed_in()


async def test_what_a_page_asks_for_by_itself_keeps_no_session_alive(console: ConsoleStage) -> None:
    one = await console.admin()
    console.api.stage.clock.advance(RENEWED_AFTER)
    asked = await one.get("/w/acme/live/2", HX_Request="true")
    assert asked.status_code == 200
    assert "edgewise_console" not in asked.headers.get("set-cookie", "")
    assert "edgewise_console" in (await one.get("/workspaces")).headers["set-cookie"]


async def test_a_session_ends_with_its_token(console: ConsoleStage) -> None:
    issued = await console.api.deps.tokens.issue(
        (await console.api.deps.authenticate(console.api.jwts["acme"])), "acme", ["workspace:read"], seconds=600
    )
    one = console.somebody()
    await one.sign_in(issued.jwt)
    assert await one.is_signed_in()
    console.api.stage.clock.advance(600)
    assert not await one.is_signed_in()


async def test_revoking_a_token_ends_its_sessions_at_the_next_request(console: ConsoleStage) -> None:
    one = await console.admin()
    deps = console.api.deps
    token_id = (await deps.authenticate(console.api.jwts["acme"])).token_id
    assert await one.is_signed_in()
    await deps.tokens.revoke(await deps.authenticate(console.api.jwts["instance"]), token_id)
    assert leads_to_sign_in(await one.get("/w/acme/"))
    assert leads_to_sign_in(await one.post("/workspaces/new", {"slug": "new"}))


async def test_signing_in_begins_anew_so_that_a_planted_cookie_is_worth_nothing(console: ConsoleStage) -> None:
    one = console.somebody()
    await one.get("/sign-in")
    planted, csrf = one.cookie, one.csrf
    await one.post("/sign-in", {"token": console.api.jwts["acme"]})
    await one.get("/sign-in")
    assert one.cookie != planted
    assert one.csrf != csrf


@pytest.mark.parametrize("change", [lambda text: text[:-2], lambda text: "x" + text, lambda _: "", lambda _: "a.b.c"])
async def test_a_cookie_that_we_did_not_sign_is_nobodys(console: ConsoleStage, change: object) -> None:
    one = await console.admin()
    assert callable(change)
    forged = change(one.cookie)
    one.client.cookies.clear()
    one.client.cookies.set("edgewise_console", forged, HOST, "/console")
    assert not await one.is_signed_in()


async def test_a_link_signature_is_no_session(console: ConsoleStage) -> None:
    one = console.somebody()
    one.client.cookies.set("edgewise_console", console.sessions.link_code("t1"), HOST, "/console")
    assert not await one.is_signed_in()


async def test_a_new_key_signs_and_an_older_one_is_accepted(console: ConsoleStage) -> None:
    clock = console.api.stage.clock
    older, both = (Sessions(keys, clock, counted_ids("c")) for keys in (KEYS[1:], KEYS))
    newest = Sessions(KEYS[:1], clock, counted_ids("c"))
    assert both.linked(older.link_code("t1")) == "t1"
    assert newest.linked(both.link_code("t1")) == "t1"
    assert newest.linked(older.link_code("t1")) is None


async def test_signing_out_ends_the_session_in_this_browser(console: ConsoleStage) -> None:
    one = await console.admin()
    answer = await one.post("/sign-out")
    assert leads_to_sign_in(answer)
    assert re.search(r"edgewise_console=\"?\"?;.*Max-Age=0", answer.headers["set-cookie"])
    assert not await one.is_signed_in()
    assert console.api.jwts["acme"], "and the person's token is good for the API still"
    assert (await console.api.call("GET", "/workspaces")).status_code == 200


async def test_sessions_of_another_instance_are_not_ours(console: ConsoleStage) -> None:
    other = sessions_of(console.api, ["a-key-of-some-other-instance-0123456789"])
    assert console.sessions.linked(other.link_code("t1")) is None
