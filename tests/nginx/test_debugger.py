"""The console's debugger before a real nginx: it shows what nginx answers browsers, not what nginx is told."""

import re

import httpx

from tests.cli.processes import edgewise
from tests.nginx.conftest import Pair
from tests.support.world import KEY


def looked_at(pair: Pair) -> str:
    """The debugger's page, for somebody who signed in with a token."""
    words = ("token", "create", "--workspace", "acme", "--scope", "workspace:read", "--json")
    made = edgewise("--data-dir", str(pair.data_dir), *words)
    token = re.search(r'"token": ?"([^"]+)"', made.stdout)
    assert token, made.stderr
    base = str(pair.edge.said["console"]).removesuffix("/console/")
    with httpx.Client(base_url=base, trust_env=False, follow_redirects=True) as client:
        form = client.get("/console/sign-in").text
        csrf = re.search(r'name="csrf_token" value="([^"]+)"', form)
        assert csrf
        sent = {"csrf_token": csrf[1], "token": token[1]}
        assert client.post("/console/sign-in", data=sent, headers={"Origin": base}).status_code == 200
        # Looked at twice: who looks first fills nginx, as any browser does.
        client.get("/console/w/acme/debugger", params={"key": KEY})
        return client.get("/console/w/acme/debugger", params={"key": KEY}).text


def test_the_debugger_shows_what_nginx_answers_browsers_and_by_which_layer(pair: Pair) -> None:
    page = looked_at(pair)
    assert "nginx of this host, which read back what it answers to browsers" in page
    assert f"unix:{pair.data_dir}/front/run/refresh.sock" in page
    assert "nginx had a copy and answered it; no node was asked." in page
    assert "When nginx took its copy: " in page
    assert "Current: this is what the store publishes" in page
    assert "public, max-age=" in page
    assert "X-Accel-Expires" not in page
