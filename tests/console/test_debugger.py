"""The debugger on a node that really listens: what it shows, whom it tells, and what it asks."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from edge.console.layers import layers, shown_headers
from edge.manage import sources, write_keys
from edge.manage.sources import SourcePatch, change
from edge.observe.evidence import Evidence
from edge.observe.probe import Probe
from edge.publish.publication import Publisher
from tests.console.stage import ConsoleStage
from tests.manage.stage import ACME, GLOBEX, INSTANCE
from tests.observe.stage import Listening, listening, settings_in
from tests.support.node import ORIGIN, TIMEOUT
from tests.support.world import KEY

pytestmark = pytest.mark.anyio
MARKUP = "<img src=x onerror=alert(1)>"
LOOK = "/w/acme/debugger?key="


@pytest.fixture
async def node(console: ConsoleStage) -> AsyncIterator[Listening]:
    world = console.api.stage.world
    async with listening(settings_in(world.directory), console.api.stage.clock) as one:
        await one.follow()
        yield one


@pytest.fixture
def watched(console: ConsoleStage, node: Listening) -> ConsoleStage:
    """The console of that node."""
    store, asking = console.api.stage.world.store, node.node.observed.asking
    evidence = Evidence(store, Publisher(store, ORIGIN, TIMEOUT), asking, node.node.ground.stats)
    probe = Probe(asking, node.node.ground.membership, evidence)
    return replace(console, api=replace(console.api, deps=replace(console.api.deps, probe=probe)))


async def test_it_shows_what_a_browser_gets_and_that_it_is_current(watched: ConsoleStage, node: Listening) -> None:
    one = await watched.admin("acme")
    page = (await one.get(LOOK + KEY)).text
    assert "Current: this is what the store publishes" in page
    assert "<dt>Status</dt><dd>200</dd>" in page
    assert "The node did not have it in memory" in page
    assert node.url in page
    assert "Edge-As-Of" in page
    assert "Edge-Node" not in page, "no browser gets it"
    assert "&#34;integrations&#34;: {" in page, "the body, in lines"
    assert "From the node&#39;s memory" in (await one.get(LOOK + KEY)).text


@pytest.mark.parametrize(("document", "holds"), [("loader", "window.edgewise"), ("integrations", "creationName")])
async def test_the_other_documents_are_shown_too(watched: ConsoleStage, document: str, holds: str) -> None:
    page = (await (await watched.admin("acme")).get(f"{LOOK}{KEY}&document={document}")).text
    assert holds in page
    assert "not compressed" in page


async def test_an_answer_from_before_a_change_is_behind_and_it_is_said_of_what(
    watched: ConsoleStage, node: Listening
) -> None:
    one = await watched.admin("acme")
    await one.get(LOOK + KEY)
    done = await change(watched.api.deps.manage, ACME, "acme", "site", SourcePatch(api_host="events.example"))
    page = (await one.get(LOOK + KEY)).text
    assert "Behind the store: " in page
    assert f"which is before the change at {done.position}" in page
    await node.follow()
    assert "Current: " in (await one.get(LOOK + KEY)).text


async def test_times_are_those_of_the_answer_though_the_store_has_come_further(
    watched: ConsoleStage, node: Listening
) -> None:
    one, clock, manage = await watched.admin("acme"), watched.api.stage.clock, watched.api.deps.manage
    clock.advance(3600)
    await change(manage, ACME, "acme", "site", SourcePatch(api_host="first.example"))
    await node.follow()
    clock.advance(600)
    await node.follow()
    page = (await one.get(LOOK + KEY)).text
    assert "<dt>Altered</dt><dd>10 min ago</dd>" in page
    assert "<dt>Age of the copy</dt><dd>at most 10 min</dd>" in page
    await change(manage, ACME, "acme", "site", SourcePatch(api_host="second.example"))
    clock.advance(5)
    behind = (await one.get(LOOK + KEY)).text
    assert "Behind the store: " in behind
    assert "<dt>Altered</dt><dd>10 min ago</dd>" in behind
    assert "<dt>Age of the copy</dt><dd>5.0 s to 10 min</dd>" in behind


async def test_another_workspaces_key_and_an_unknown_one_read_alike_and_nobody_is_asked(
    watched: ConsoleStage, node: Listening
) -> None:
    manage, one = watched.api.deps.manage, await watched.admin("acme")
    await sources.create(manage, GLOBEX, "globex", "app", "javascript", patch=SourcePatch(), write_key="globex-key-1")
    await node.follow()
    before = node.node.ground.stats.fills
    pages = {key: await one.get(LOOK + key) for key in ("globex-key-1", "unknown-key-1")}
    assert {page.status_code for page in pages.values()} == {404}
    assert len({page.text.replace(key, "KEY") for key, page in pages.items()}) == 1
    assert all("No source of this workspace has this key." in page.text for page in pages.values())
    assert node.node.ground.stats.fills == before


async def test_an_instance_token_is_shown_any_key_and_whose_it_is(watched: ConsoleStage, node: Listening) -> None:
    manage, one = watched.api.deps.manage, await watched.admin("instance")
    await sources.create(manage, INSTANCE, "globex", "app", "ios", patch=SourcePatch(), write_key="globex-key-1")
    await node.follow()
    assert "This key is of another workspace, globex" in (await one.get(LOOK + "globex-key-1")).text
    unknown = (await one.get(LOOK + "unknown-key-1")).text
    assert "No source has this key, and none ever had." in unknown
    assert "<dt>Status</dt><dd>404</dd>" in unknown
    await sources.delete(manage, INSTANCE, "globex", "app")
    await node.follow()
    assert "its source was deleted" in (await one.get(LOOK + "globex-key-1")).text


async def test_a_retired_key_is_explained(watched: ConsoleStage, node: Listening) -> None:
    manage, one = watched.api.deps.manage, await watched.admin("acme")
    await write_keys.add(manage, ACME, "acme", "site", "the-second-key")
    await write_keys.retire(manage, ACME, "acme", "site", KEY)
    await node.follow()
    watched.api.stage.clock.advance(180)
    page = (await one.get(LOOK + KEY)).text
    assert "This key was retired 3 min ago" in page
    assert "<dt>Status</dt><dd>404</dd>" in page
    assert "Current: " in page


@pytest.mark.parametrize("key", [MARKUP, "short", "x" * 65, "http://127.0.0.1/", "a/../../healthz", "key%0d%0a-x"])
async def test_what_is_no_key_is_asked_of_nobody(watched: ConsoleStage, key: str) -> None:
    page = await (await watched.admin("instance")).client.get("/console/w/acme/debugger", params={"key": key})
    assert page.status_code == 400
    assert "It is no write key" in page.text
    assert MARKUP not in page.text


async def test_markup_in_a_source_is_shown_as_text(watched: ConsoleStage, node: Listening) -> None:
    patch = SourcePatch(display_name=MARKUP)
    await change(watched.api.deps.manage, ACME, "acme", "site", patch)
    await node.follow()
    page = (await (await watched.admin("acme")).get(LOOK + KEY)).text
    assert MARKUP not in page
    assert "&lt;img src=x" in page


async def test_a_node_that_does_not_answer_is_named(console: ConsoleStage) -> None:
    page = await (await console.admin("acme")).get(LOOK + KEY)
    assert page.status_code == 200
    assert "This node did not answer at" in page.text


async def test_reading_is_what_it_needs(console: ConsoleStage) -> None:
    assert (await (await console.admin("acme", "cache:purge")).get(LOOK + KEY)).status_code == 403
    assert (await (await console.admin("globex")).get(LOOK + KEY)).status_code == 404


@pytest.mark.parametrize(
    ("status", "begins"),
    [
        ("edgewise; hit", ["From the node's memory"]),
        ("edgewise; fwd=miss", ["The node did not have it"]),
        ("edgewise; fwd=stale; detail=store-unavailable", ["Last known good"]),
        ("edgewise; fwd=miss, nginx; hit", ["nginx had a copy", "When nginx took its copy: the node did not"]),
        ("edgewise; hit, nginx; fwd=uri-miss", ["nginx had no copy", "From the node's memory"]),
        ("edgewise; hit, nginx; fwd=stale", ["nginx's copy had ended", "From the node's memory"]),
        ("edgewise; hit, nginx; hit; detail=stale", ["nginx answered its last copy", "When nginx took"]),
        ("", []),
    ],
)
def test_the_layer_is_said_in_plain_words(status: str, begins: list[str]) -> None:
    found = layers(status)
    assert len(found) == len(begins)
    assert all(sentence.startswith(begin) for sentence, begin in zip(found, begins, strict=True)), found


def test_what_says_most_stands_first_and_the_nodes_name_is_left_out() -> None:
    found = shown_headers({"date": "x", "edge-node": "n", "etag": '"1"', "cache-control": "no-store"})
    assert [name for name, _, _ in found] == ["Cache-Control", "ETag", "Date"]
