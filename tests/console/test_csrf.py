import pytest

from tests.console.stage import HOST, ConsoleStage, leads_to_sign_in

pytestmark = pytest.mark.anyio

NEW = {"slug": "initech"}


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": ""},
        {"Origin": "null"},
        {"Origin": "http://evil.example"},
        {"Origin": f"http://{HOST}.evil.example"},
        {"Origin": f"http://{HOST}:8080"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
    ],
)
async def test_a_form_from_elsewhere_changes_nothing(console: ConsoleStage, headers: dict[str, str]) -> None:
    one = await console.admin("instance")
    before = await console.api.head()
    refused = await one.post("/workspaces/new", NEW, **headers)
    assert refused.status_code == 403
    assert "not come from a page of this console" in refused.text
    assert await console.api.head() == before


@pytest.mark.parametrize("csrf", ["", "guessed"])
async def test_a_form_without_the_sessions_token_changes_nothing(console: ConsoleStage, csrf: str) -> None:
    one = await console.admin("instance")
    before = await console.api.head()
    assert (await one.post("/workspaces/new", NEW, csrf=csrf)).status_code == 403
    assert await console.api.head() == before


async def test_one_sessions_token_is_not_anothers(console: ConsoleStage) -> None:
    one, other = await console.admin("instance"), await console.admin("acme")
    assert (await one.post("/workspaces/new", NEW, csrf=other.csrf)).status_code == 403


async def test_htmx_sends_the_token_in_a_header(console: ConsoleStage) -> None:
    one = await console.admin("instance")
    done = await one.post("/workspaces/new", NEW, csrf="", X_CSRF_Token=one.csrf, HX_Request="true")
    assert done.status_code == 204
    assert done.headers["HX-Redirect"] == "/console/w/initech/"


async def test_the_address_that_browsers_use_may_be_the_public_one_behind_a_proxy(console: ConsoleStage) -> None:
    one = console.somebody(public_url="https://cdn.example")
    await one.get("/sign-in")
    answer = await one.post("/sign-in", {"token": console.api.jwts["acme"]}, Origin="https://cdn.example")
    assert answer.status_code == 303


@pytest.mark.parametrize("path", ["/sign-in", "/link", "/theme"])
async def test_who_is_not_signed_in_is_protected_too(console: ConsoleStage, path: str) -> None:
    one = console.somebody()
    await one.get("/sign-in")
    assert (await one.post(path, {"token": console.api.jwts["acme"]}, csrf="")).status_code == 403


async def test_a_form_sent_after_the_session_ended_leads_to_sign_in_and_back_to_its_page(console: ConsoleStage) -> None:
    one = console.somebody()
    answer = await one.post("/workspaces/new", NEW, Referer=f"http://{HOST}/console/workspaces/new")
    assert leads_to_sign_in(answer)
    assert answer.headers["Location"].endswith("?next=/console/workspaces/new")
    asked = await one.get("/w/acme/live/2", HX_Request="true", HX_Current_URL=f"http://{HOST}/console/w/acme/")
    assert asked.status_code == 401
    assert asked.headers["HX-Redirect"] == "/console/sign-in?next=/console/w/acme/"
