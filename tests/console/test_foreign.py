"""Every page of a workspace to somebody of another one; and what a browser keeps for the console."""

import pytest

from edge.console.page import Page
from edge.console.table import ROUTES
from tests.console.stage import HOST, ConsoleStage, Somebody
from tests.support.world import FILTER

pytestmark = pytest.mark.anyio

OF_ACME = {
    "source": "site",
    "destination": "tally",
    "filter": FILTER.id,
    "definition": "tally",
    "type": "javascript",
    "position": "2",
}
"""What is there in acme, for each part of a route's path."""
ROWS = [row for row in ROUTES if isinstance(row, Page) and "{workspace}" in row.path]


def path_of(row: Page, workspace: str) -> str:
    path = row.path.replace("{workspace}", workspace)
    for name, value in OF_ACME.items():
        path = path.replace(f"{{{name}}}", value)
    assert "{" not in path, f"say in OF_ACME what stands for the parts of {row.path}"
    return path


async def statuses(one: Somebody, rows: list[Page], workspace: str) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for row in rows:
        path = path_of(row, workspace)
        answer = await (one.get(path) if row.method == "GET" else one.post(path))
        found[row.method, row.path] = answer.status_code
    return found


async def test_no_route_of_a_workspace_is_there_for_another_ones_token(console: ConsoleStage) -> None:
    before = await console.api.head()
    stranger, owner = await console.admin("globex"), await console.admin("acme")
    foreign = await statuses(stranger, ROWS, "acme")
    assert foreign == dict.fromkeys(foreign, 404)
    own = await statuses(owner, ROWS, "acme")
    assert 404 not in own.values(), own
    assert await console.api.head() == before, "nothing but empty forms was sent"
    assert len(own) == len(ROWS) > 40


async def test_what_is_anothers_is_not_found_in_ones_own_workspace_either(console: ConsoleStage) -> None:
    before = await console.api.head()
    rows = [row for row in ROWS if "{source}" in row.path or "{position}" in row.path]
    own = await statuses(await console.admin("globex"), rows, "globex")
    assert own == dict.fromkeys(own, 404)
    assert await console.api.head() == before


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_every_cookie_is_out_of_reach_of_scripts_other_sites_and_plain_http(
    console: ConsoleStage, scheme: str
) -> None:
    one = console.somebody(base=f"{scheme}://{HOST}", public_url=f"{scheme}://{HOST}")
    await one.sign_in(console.api.jwts["acme"])
    await one.get("/w/acme/sources/site")
    changed = await one.post("/w/acme/sources/site", {"do": "create"})
    strip = await one.get(f"/w/acme/live/{await console.api.head()}", HX_Request="true")
    themed = await one.post("/theme", {"theme": "dark"})
    for answer, name in ((changed, "edgewise_flash"), (strip, "edgewise_live"), (themed, "edgewise_theme")):
        (cookie,) = [line for line in answer.headers.get_list("set-cookie") if line.startswith(f"{name}=")]
        flags = {part.strip().lower() for part in cookie.split(";")[1:]}
        assert flags >= {"httponly", "path=/console", "samesite=lax"}, name
        assert ("secure" in flags) == (scheme == "https"), name
        assert any(flag.startswith("max-age=") for flag in flags), name


@pytest.mark.parametrize(
    "referer",
    [
        "https://evil.example/",
        "https://evil.example//evil.example/console/",
        "https://evil.example/console//evil.example",
        "//evil.example/",
        "javascript:alert(1)",
        "https://evil.example/console/../..//evil.example",
        "\\\\evil.example",
        "",
    ],
)
async def test_choosing_a_theme_leads_to_this_console_wherever_one_came_from(
    console: ConsoleStage, referer: str
) -> None:
    one = await console.admin("acme")
    answer = await one.post("/theme", {"theme": "dark"}, Referer=referer)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/console/")
    back = await one.post("/theme", {"theme": "dark"}, Referer=f"http://{HOST}/console/w/acme/sources?q=1")
    assert back.headers["Location"] == "/console/w/acme/sources?q=1"
