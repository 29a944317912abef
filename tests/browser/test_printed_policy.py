"""What `edgewise snippet` prints, snippet and policies, on real pages that allow nothing else."""

import json
import re
from pathlib import Path

import pytest

from tests.browser.admin import Admin
from tests.browser.collector import Collector
from tests.browser.outside import Outside
from tests.browser.pages import Pages
from tests.browser.shop import Shop, a_visit, ends
from tests.browser.visitor import Visitor
from tests.cli.processes import edgewise

NONCE = "bm9uY2U="
FORMS = ("nonce", "hosts")


@pytest.fixture(scope="module")
def desk(admin: Admin) -> dict[str, str]:
    """The environment of commands that work on this edge."""
    asked = ("token", "create", "--instance", "--scope", "workspace:read", "--json")
    made = edgewise("--data-dir", str(Path(admin.edge.said["data_dir"])), *asked)
    assert made.returncode == 0, made.stderr
    return {"EDGE_URL": admin.edge.said["config_api"], "EDGE_TOKEN": json.loads(made.stdout)["token"]}


def printed(desk: dict[str, str], *arguments: str) -> str:
    said = edgewise("snippet", *arguments, env=desk)
    assert said.returncode == 0, said.stderr
    return said.stdout


def policies(text: str) -> dict[str, str]:
    """The two forms, each as the lines that are indented under its heading."""
    by_nonce, by_hosts = [" ".join(found.split()) for found in re.findall(r"(?:^  .+\n)+", text, re.MULTILINE)]
    return dict(zip(FORMS, (by_nonce, by_hosts), strict=True))


@pytest.mark.parametrize("bundle", ["inline", "separate"])
@pytest.mark.parametrize("form", FORMS)
def test_a_page_that_allows_only_what_is_printed_delivers_everything(
    form: str,
    bundle: str,
    desk: dict[str, str],
    admin: Admin,
    collector: Collector,
    pages: Pages,
    outside: Outside,
    visitor: Visitor,
) -> None:
    shop = Shop(admin.site(api_host=collector.api_host)).connect("amplitude", "mixpanel")
    shop.site.change(bundle=bundle)
    snippet, policy = printed(desk, shop.key).strip(), policies(printed(desk, shop.key, "--csp"))[form]
    if form == "nonce":
        snippet, policy = snippet.replace("<script>", f'<script nonce="{NONCE}">'), policy.replace("VALUE", NONCE)
    said: list[str] = []
    visitor.page.on("console", lambda message: said.append(message.text))
    a_visit(visitor, pages.publish(snippet, headers={"Content-Security-Policy": f"default-src 'none'; {policy}"}))
    ends(visitor, shop, collector, outside, "Google Analytics 4 Web", "Facebook Pixel", "Google Tag Manager")
    assert bool(visitor.asked("/next-integrations/actions/amplitude/")) == (bundle == "separate")
    assert [text for text in said if "Content Security Policy" in text] == []
    assert visitor.errors == []
