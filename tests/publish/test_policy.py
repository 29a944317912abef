"""Claims about the policies that a page needs."""

import base64
import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import edge
from edge.catalog.reader import read_catalog
from edge.model.definition import Bundle
from edge.model.destination import Destination
from edge.model.source import LibraryConfig, Source
from edge.publish.policy import PagePolicy, page_policy
from edge.publish.wire import Origin

CATALOG = read_catalog(Path(edge.__file__).parent / "catalog" / "definitions")
SITE = Source("s1", "acme", "site", "javascript", "Site", ("wk_acme_site",), 0.0)
ORIGIN = Origin("https://cdn.acme.example/settings")


def destination(slug: str, **settings: Any) -> Destination:
    return Destination("d1", "s1", SITE.name, slug, slug, slug, True, "device", 0.0, 0.0, settings)


def policy(*destinations: Destination, source: Source = SITE, inline: str = "x") -> PagePolicy:
    code = Bundle("0" * 32, "x", "sha384-x")
    bundled = {slug: replace(definition, bundle=code) for slug, definition in CATALOG.items()}
    return page_policy(source, destinations, bundled, ORIGIN, inline)


def directives(text: str) -> dict[str, list[str]]:
    return {name: values for name, *values in (one.split() for one in text.split("; "))}


def test_a_page_without_destinations_needs_the_edge_and_the_collector_alone() -> None:
    found = directives(policy().by_hosts)
    digest = base64.b64encode(hashlib.sha256(b"x").digest()).decode()
    assert found == {
        "script-src": [f"'sha256-{digest}'", "https://cdn.acme.example"],
        "connect-src": ["https://cdn.acme.example"],
    }


def test_events_go_where_the_source_says() -> None:
    source = replace(SITE, library=LibraryConfig(api_host="t.acme.example/v1"))
    assert directives(policy(source=source).by_nonce)["connect-src"] == [
        "https://cdn.acme.example",
        "https://t.acme.example",
    ]


def test_an_enabled_destination_brings_its_hosts_and_a_disabled_one_does_not() -> None:
    on = destination("amplitude", apiKey="0" * 32)
    found = directives(policy(on).by_hosts)
    assert {"https://cdn.amplitude.com", "https://*.amplitude.com"} <= set(found["script-src"])
    assert "https://cdn.amplitude.com" in found["img-src"]
    assert policy(replace(on, enabled=False)) == policy()


def test_with_a_nonce_scripts_need_no_host() -> None:
    found = directives(policy(destination("amplitude", apiKey="0" * 32)).by_nonce)
    assert found["script-src"] == ["'nonce-VALUE'", "'strict-dynamic'"]


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://stats.acme.example/matomo/", "https://stats.acme.example"),
        ("//stats.acme.example/", "https://stats.acme.example"),
        ("stats.acme.example/matomo", "https://stats.acme.example"),
        ("https://x.example; script-src *", None),
        ("https://'unsafe-inline'", None),
        ("javascript://x.example", None),
        ("https://[::1", None),
        ("", None),
    ],
)
def test_the_host_of_a_setting_is_its_origin_and_never_a_word_of_its_own(url: str, host: str | None) -> None:
    found = directives(policy(destination("matomo", url=url, siteId="1")).by_hosts)
    assert found["script-src"][2:] == ([host] if host else [])
    assert set(found) <= {"script-src", "connect-src", "img-src"}


def test_a_websocket_is_for_connections_only() -> None:
    found = directives(policy(destination("hotjar", siteId="1")).by_hosts)
    assert "wss://*.hotjar.com" in found["connect-src"]
    assert "wss://*.hotjar.com" not in found["script-src"] + found["img-src"]
