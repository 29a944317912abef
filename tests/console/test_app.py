import pytest

from edge.console.table import NAVIGATION, ROUTES
from edge.manage import sources, workspaces
from edge.manage.sources import SourcePatch
from tests.console.stage import ConsoleStage
from tests.manage.stage import INSTANCE

pytestmark = pytest.mark.anyio

MARKUP = "<img src=x onerror=alert(1)>\"'&</title>"


async def test_names_full_of_markup_are_shown_as_they_are(console: ConsoleStage) -> None:
    manage = console.api.deps.manage
    await workspaces.change(manage, INSTANCE, "acme", MARKUP)
    await sources.change(manage, INSTANCE, "acme", "site", SourcePatch(display_name=MARKUP))
    one = await console.admin("instance")
    for path in ("/workspaces", "/w/acme/", "/w/acme/sources"):
        text = (await one.get(path)).text
        assert "<img src=x" not in text
        assert "&lt;img src=x onerror=alert(1)&gt;" in text


async def test_what_was_sent_comes_back_as_text(console: ConsoleStage) -> None:
    one = await console.admin("instance")
    answer = await one.post("/workspaces/new", {"slug": MARKUP, "display_name": MARKUP})
    assert answer.status_code == 422
    assert "<img src=x" not in answer.text
    assert 'aria-describedby="slug-error slug-help" aria-invalid="true"' in answer.text


@pytest.mark.parametrize("path", ["/w/globex/", "/w/globex/sources", "/w/globex/live/2", "/w/nowhere/", "/nowhere"])
async def test_another_workspace_reads_like_nothing_at_all(console: ConsoleStage, path: str) -> None:
    one = await console.admin("acme")
    answer = await one.get(path)
    assert answer.status_code == 404
    assert "globex" not in answer.text.lower()
    assert "Globex" not in (await one.get("/workspaces")).text


@pytest.mark.parametrize(("path", "scope"), [("/w/acme/", "workspace:read"), ("/workspaces/new", "workspace:write")])
async def test_what_a_token_may_not_do_names_the_scope(console: ConsoleStage, path: str, scope: str) -> None:
    one = await console.admin("acme", "cache:purge")
    answer = await one.get(path)
    assert answer.status_code == 403
    assert scope in answer.text


async def test_only_an_instance_token_makes_a_workspace(console: ConsoleStage) -> None:
    one = await console.admin("acme")
    before = await console.api.head()
    answer = await one.post("/workspaces/new", {"slug": "initech"})
    assert answer.status_code == 403
    assert await console.api.head() == before
    assert "New workspace" not in (await one.get("/workspaces")).text


async def test_a_change_is_told_once_with_its_position_to_follow(console: ConsoleStage) -> None:
    one = await console.admin("instance")
    done = await one.post("/workspaces/new", {"slug": "initech", "display_name": "Initech"})
    position = await console.api.head()
    assert done.headers["Location"] == "/console/w/initech/"
    page = await one.get("/w/initech/")
    assert "Workspace Initech is created." in page.text
    assert f'hx-get="/console/w/initech/live/{position}"' in page.text
    assert "is created" not in (await one.get("/w/initech/")).text
    strip = await one.get(f"/w/initech/live/{position}", HX_Request="true")
    assert "<strong>Live</strong> on 1 node" in strip.text


async def test_a_flash_that_somebody_made_up_is_text_or_nothing(console: ConsoleStage) -> None:
    one = await console.admin("acme")
    for made_up in ("bm9uc2Vuc2U=", "%%%", "W10=", "W3siYSI6MX0sMSwyXQ=="):
        one.client.cookies.set("edgewise_flash", made_up, path="/console")
        assert (await one.get("/w/acme/")).status_code == 200


async def test_every_answer_keeps_browsers_and_caches_from_what_is_not_theirs(console: ConsoleStage) -> None:
    one = await console.admin("acme")
    for path in ("/", "/w/acme/", "/sign-in", "/nowhere", "/w/globex/", ""):
        headers = (await one.get(path)).headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "same-origin"
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy


async def test_pages_have_nothing_inline_that_the_policy_would_stop(console: ConsoleStage) -> None:
    one = await console.admin("instance")
    for path in ("/workspaces", "/workspaces/new", "/w/acme/", "/w/acme/sources", "/nowhere", "/link"):
        text = (await one.get(path)).text
        assert " style=" not in text
        assert "<style" not in text
        assert " onclick=" not in text
        assert all("src=" in part[:200] for part in text.split("<script")[1:])


async def test_files_are_kept_for_good_under_names_that_change_with_them(console: ConsoleStage) -> None:
    one = await console.admin("acme")
    page = (await one.get("/w/acme/")).text
    links = [part.partition('"')[0] for part in page.split('"/console')[1:] if part.startswith("/static/")]
    assert len(set(links)) == 5
    for link in links:
        answer = await one.get(link)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"]
    for unknown in ("/static/console.css", "/static/../app.py", "/static/"):
        assert (await one.get(unknown)).status_code == 404


async def test_methods_that_a_page_does_not_have_are_refused(console: ConsoleStage) -> None:
    one = await console.admin("acme")
    refused = await one.post("/w/acme/")
    assert (refused.status_code, refused.headers["Allow"]) == (405, "GET, HEAD")
    assert (await one.client.head("/console/w/acme/")).content == b""


async def test_a_store_that_cannot_be_read_is_a_page_that_says_so(console: ConsoleStage) -> None:
    one = await console.admin("acme")
    await console.api.stage.world.close()
    for file in console.api.stage.world.directory.glob("edgewise.db*"):
        file.unlink()
    answer = await one.get("/w/acme/")
    assert answer.status_code == 503
    assert "The store cannot be used at the moment" in answer.text


def test_names_of_routes_are_one_address_each_and_the_navigation_leads_to_them() -> None:
    addresses: dict[str, str] = {}
    for row in ROUTES:
        assert addresses.setdefault(row.name, row.path) == row.path
    assert {entry.name for entry in NAVIGATION} <= set(addresses)
    assert len({(row.method, row.path) for row in ROUTES}) == len(ROUTES)
