"""The demo's routes: what the page asks, and what no other page may."""

import re
from pathlib import Path

import httpx
import pytest

from edge.app import create_app
from edge.demo.content import SITE_KEY
from edge.settings import Settings

pytestmark = pytest.mark.anyio

HOME = "http://127.0.0.1:18080"
OWN = {"Origin": HOME, "Sec-Fetch-Site": "same-origin"}
OUTSIDE = re.compile(r"""(?:src|href|url|import|from)\s*[=(]?\s*["']?(?:https?:)?//[^"')\s]+""")
SWITCH = "/demo/destinations/facebook-pixel"


async def enabled(demo: httpx.AsyncClient) -> set[str]:
    listed = (await demo.get("/demo/destinations")).json()["destinations"]
    return {destination["slug"] for destination in listed if destination["enabled"]}


async def published(demo: httpx.AsyncClient) -> set[str]:
    manifest = (await demo.get(f"/v1/projects/{SITE_KEY}/settings")).json()
    return {plugin["creationName"] for plugin in manifest["remotePlugins"]}


async def test_an_edge_that_is_no_demo_has_none_of_it(tmp_path: Path) -> None:
    app = create_app(Settings(data_dir=tmp_path / "data"))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=HOME) as client,
    ):
        for path in ("/", "/demo", "/demo/visitor", "/demo/events", "/demo/destinations", "/demo/static/page.js"):
            assert (await client.get(path)).status_code == 404
        assert (await client.post(SWITCH, json={"enabled": True}, headers=OWN)).status_code == 404


async def test_the_root_leads_to_the_page(demo: httpx.AsyncClient) -> None:
    answer = await demo.get("/")
    assert (answer.status_code, answer.headers["location"]) == (307, "/demo")


async def test_a_switch_changes_the_manifest_of_the_next_visitor_and_answers_the_receipt(
    demo: httpx.AsyncClient,
) -> None:
    assert "Facebook Pixel" not in await published(demo)
    answer = await demo.post(SWITCH, json={"enabled": True}, headers=OWN)
    receipt = answer.json()
    assert (answer.status_code, receipt["changed"]) == (200, True)
    assert receipt["state"] in ("live", "settled")
    assert receipt["propagation_ms"] >= 0
    assert "Facebook Pixel" in await published(demo)
    assert "facebook-pixel" in await enabled(demo)


async def test_the_same_position_of_a_switch_again_changes_nothing(demo: httpx.AsyncClient) -> None:
    first = await demo.post(SWITCH, json={"enabled": True}, headers=OWN)
    again = await demo.post(SWITCH, json={"enabled": True}, headers=OWN)
    assert (again.json()["changed"], again.json()["position"]) == (False, first.json()["position"])


async def test_a_switch_does_not_move_for_another_origin_nor_for_a_name_rebound_to_this_machine(
    demo: httpx.AsyncClient,
) -> None:
    before = await enabled(demo)
    rebound = {"Host": "evil.example:18080", "Origin": "http://evil.example:18080", "Sec-Fetch-Site": "same-origin"}
    foreign = {"Origin": "http://evil.example"}
    headers: dict[str, str]
    for headers in ({}, foreign, {"Origin": "null"}, OWN | {"Sec-Fetch-Site": "cross-site"}, rebound):
        answer = await demo.post(SWITCH, json={"enabled": True}, headers=headers)
        assert (answer.status_code, "Config API" in answer.json()["error"]) == (403, True), headers
    assert await enabled(demo) == before


async def test_a_body_that_is_no_switch_is_refused_with_what_one_is(demo: httpx.AsyncClient) -> None:
    long = b" " * 2000 + b'{"enabled":true}'
    for body in (b"", b"{", b"[]", b"{}", b'{"enabled":1}', b'{"enabled":true,"mode":"cloud"}', long):
        answer = await demo.post(SWITCH, content=body, headers=OWN | {"Content-Type": "application/json"})
        assert (answer.status_code, '{"enabled": true}' in answer.json()["error"]) == (400, True), body
    assert "facebook-pixel" not in await enabled(demo)


async def test_a_form_is_refused_though_it_comes_from_the_page(demo: httpx.AsyncClient) -> None:
    answer = await demo.post(SWITCH, data={"enabled": "true"}, headers=OWN)
    assert answer.status_code == 403


async def test_only_destinations_of_the_demo_site_have_a_switch(demo: httpx.AsyncClient) -> None:
    for slug in ("nothing", "..%2F..%2Fapp", "facebook-pixel%0A", "amplitude%00"):
        answer = await demo.post(f"/demo/destinations/{slug}", json={"enabled": True}, headers=OWN)
        assert answer.status_code == 404, slug


async def test_the_page_cannot_be_framed_and_the_visitors_page_only_by_it(demo: httpx.AsyncClient) -> None:
    page = (await demo.get("/demo")).headers["content-security-policy"]
    visitor = (await demo.get("/demo/visitor")).headers["content-security-policy"]
    assert "frame-ancestors 'none'" in page
    assert "frame-ancestors 'self'" in visitor
    assert "unsafe" not in page + visitor
    assert "http" not in page.replace(HOME, "")
    assert "http" not in visitor.replace(HOME, "")


async def test_the_visitors_page_carries_the_standard_snippet_under_a_nonce_of_its_own(
    demo: httpx.AsyncClient,
) -> None:
    pages = [await demo.get("/demo/visitor") for _ in range(2)]
    nonces = [re.findall(r'<script nonce="([\w-]+)">', page.text) for page in pages]
    assert nonces[0] != nonces[1]
    for page, (nonce,) in zip(pages, nonces, strict=True):
        assert f"'nonce-{nonce}'" in page.headers["content-security-policy"]
        assert f'("analytics","{SITE_KEY}","{HOME}")' in page.text


async def test_no_page_of_the_demo_names_anything_outside(demo: httpx.AsyncClient) -> None:
    for path in ("/demo", "/demo/visitor", "/demo/static/demo.css", "/demo/static/page.js", "/demo/static/visitor.js"):
        text = (await demo.get(path)).text
        assert OUTSIDE.findall(text) == []


async def test_the_files_of_the_pages_are_those_and_no_others(demo: httpx.AsyncClient) -> None:
    for name in ("demo.css", "page.js", "visitor.js", "vendors.js", "empty.js"):
        answer = await demo.get(f"/demo/static/{name}")
        assert (answer.status_code, answer.headers["x-content-type-options"]) == (200, "nosniff")
    for name in ("page.html", "..%2Fapp.py", "%2e%2e/app.py", "nothing.js", "demo.css%0A"):
        assert (await demo.get(f"/demo/static/{name}")).status_code == 404


async def test_events_that_reach_the_sink_are_counted_and_answered_after_a_number(demo: httpx.AsyncClient) -> None:
    event = {"writeKey": SITE_KEY, "event": "Product Added", "_metadata": {"unbundled": ["Webhooks"]}}
    for _ in range(2):
        assert (await demo.post("/v1/t", json=event)).status_code == 200
    await demo.post("/v1/t", json=event | {"writeKey": "another_write_key"})
    answer = (await demo.get("/demo/events?after=1")).json()
    assert (answer["total"], answer["by_destination"]) == (2, {"Webhooks": 2})
    assert [(event["number"], event["name"]) for event in answer["events"]] == [(2, "Product Added")]
    assert answer["events"][0]["payload"]["event"] == "Product Added"


async def test_a_number_that_is_none_is_refused(demo: httpx.AsyncClient) -> None:
    for after in ("-1", "x", "1e9", "9" * 40, "²"):
        answer = await demo.get("/demo/events", params={"after": after})
        assert (answer.status_code, "after" in answer.json()["error"]) == (400, True), after
