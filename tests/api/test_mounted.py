"""The Config API where the application of a node puts it."""

from pathlib import Path

import httpx
import pytest

from edge.app import create_app
from edge.settings import Settings

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    "path", ["/v1beta", "/v1beta/", "/v1beta/nowhere", "/v1beta%0a", "/v1beta/workspaces/a%0ab", "//v1beta/workspaces"]
)
async def test_i28_every_unknown_path_is_answered_as_json_that_says_how_long_it_holds(
    tmp_path: Path, path: str
) -> None:
    transport = httpx.ASGITransport(create_app(Settings(data_dir=tmp_path)))
    async with httpx.AsyncClient(transport=transport, base_url="http://edge.test") as client:
        answer = await client.get(f"http://edge.test{path}")
    assert answer.status_code == 404
    assert answer.json()["error"]
    assert answer.headers["Cache-Control"]
