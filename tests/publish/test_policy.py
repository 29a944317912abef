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


def test_what_a_vendor_draws_is_in_both_forms_under_the_directives_that_its_definition_names() -> None:
    found = policy(destination("intercom", appId="a"))
    by_nonce, by_hosts = directives(found.by_nonce), directives(found.by_hosts)
    for one in (by_nonce, by_hosts):
        assert "https://intercom-sheets.com" in one["frame-src"]
        assert one["style-src"] == ["'unsafe-inline'"]
        assert one["font-src"] == ["https://fonts.intercomcdn.com", "https://js.intercomcdn.com"]
        assert {"wss://*.intercom-messenger.com", "https://*.intercom.io"} <= set(one["connect-src"])
        assert {"data:", "https://static.intercomassets.com", "https://*.intercom.io"} <= set(one["img-src"])
    assert "https://intercom-sheets.com" not in by_hosts["script-src"] + by_hosts["connect-src"]
    assert by_nonce["script-src"] == ["'nonce-VALUE'", "'strict-dynamic'"]


def test_a_script_that_a_directive_names_is_for_the_form_by_hosts() -> None:
    found = policy(destination("customer-io", siteId="a"))
    assert "https://code.gist.build" in directives(found.by_hosts)["script-src"]
    assert "https://code.gist.build" not in directives(found.by_nonce)["script-src"]


def test_two_destinations_share_a_directive_and_name_a_source_once() -> None:
    found = directives(policy(destination("intercom", appId="a"), destination("hotjar", hjid="1")).by_hosts)
    assert found["style-src"] == ["'unsafe-inline'", "https://*.hotjar.com"]
    assert all(len(set(sources)) == len(sources) for sources in found.values())


def test_a_directive_takes_the_host_of_a_setting_and_never_a_word_of_its_own() -> None:
    drawing = replace(CATALOG["matomo"], directives={"frame-src": ("{url}",)}, bundle=Bundle("0" * 32, "x", "sha384-x"))
    for url, frames in (("https://m.example/a", ["https://m.example"]), ("https://m.example; script-src *", None)):
        found = page_policy(SITE, [destination("matomo", url=url, siteId="1")], {"matomo": drawing}, ORIGIN, "x")
        assert directives(found.by_nonce).get("frame-src") == frames
