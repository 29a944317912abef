"""A demo in this process: the edge as `edgewise demo` composes it, on a directory of the test's own."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from edge.app import create_app
from edge.cli.demo import embedded, extension
from edge.settings import Settings

PORT = 18080
HOME = f"http://127.0.0.1:{PORT}"


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a running demo, without any header that a browser would add."""
    settings = embedded(Settings(port=PORT), tmp_path / "data")
    app = create_app(settings, extension=extension(settings))
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url=HOME) as client:
            yield client
