"""No public answer ever contains a secret, whatever the catalog, the settings and the modes.

Public means: all three documents of every key, in every encoding, their headers, 304, 404, 405 and 503. The journal's
diff, what is logged meanwhile and what ``explain`` says are held to the same.
"""

import asyncio
import base64
import secrets
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from typing import Any

import httpx
import orjson
import pytest
import structlog
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edge.app import create_app
from edge.manage.explain import explain_key
from edge.manage.operation import Manage
from edge.model.definition import Bundle, ConnectionMode, Definition, Setting
from edge.model.destination import Destination
from edge.model.outcome import Unavailable
from edge.model.source import Platform, Source
from edge.model.token import SCOPES, Principal
from edge.publish.images import PublishedImages
from edge.publish.publication import Publisher, Wanted
from edge.publish.wire import Origin
from edge.settings import Settings
from edge.store.documents import Codec
from edge.store.keyring import Keyring, new_secret_key
from edge.store.store import NameTakenError, Store
from tests.publish.catalogs import CODES, TYPES, definitions, libraries
from tests.publish.leaks import forms, leaks, strings_in, unpacked
from tests.support.polling import until_async
from tests.support.world import WORKSPACE, World, open_world

ORIGIN = Origin("https://edge.example")
ADMIN = Principal("tests", "token", "*", frozenset(SCOPES))
PATHS = ("/v1/projects/{}/settings", "/v1/projects/{}/integrations", "/analytics.js/v1/{}/analytics.min.js")
ENCODINGS = ("identity", "gzip", "br")
ODD = ("", '"', "\\", "</script>", "&", "é", "😀", "\u2028", "/+=", "%2F", " ", "'")
LEAST = 16
EVERY_MODE: dict[Platform, tuple[ConnectionMode, ...]] = dict.fromkeys(("web", "mobile", "server"), ("device", "cloud"))


@dataclass
class Site:
    """An edge in this process, and the store behind it."""

    loop: asyncio.AbstractEventLoop
    client: httpx.AsyncClient
    world: World


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    loop = asyncio.new_event_loop()
    directory = tmp_path_factory.mktemp("data")

    async def begin(stack: AsyncExitStack) -> Site:
        app = create_app(Settings(data_dir=directory, public_url=ORIGIN.public_url))
        await stack.enter_async_context(app.router.lifespan_context(app))
        transport = httpx.ASGITransport(app)
        client = await stack.enter_async_context(httpx.AsyncClient(transport=transport, base_url=ORIGIN.public_url))
        world = open_world(directory)
        stack.push_async_callback(world.close)
        await world.commit(WORKSPACE, assets=CODES)

        async def ready() -> bool:
            return (await client.get("/readyz")).status_code == 200

        await until_async(ready, "the edge is ready")
        return Site(loop, client, world)

    stack = AsyncExitStack()
    yield loop.run_until_complete(begin(stack))
    loop.run_until_complete(stack.aclose())
    loop.close()


@dataclass(frozen=True)
class Configured:
    """One example: ``hidden`` must not show anywhere, ``withheld`` (exposed, but not published) to no visitor."""

    definitions: tuple[Definition, ...]
    source: Source
    destinations: tuple[Destination, ...]
    hidden: frozenset[str]
    withheld: frozenset[str]
    published: frozenset[str]


@st.composite
def settings_of_each_sort(draw: st.DrawFn) -> tuple[Setting, ...]:
    """One that is published, and one of each sort that is not, in any order."""
    sorts = [
        Setting("apiKey", "API key", draw(st.sampled_from(["string", "mixed"])), expose=True),
        Setting("region", "Region", "string", default=draw(st.none() | st.just("eu"))),
        Setting("secretKey", "Secret key", "string", secret=True),
        Setting("password", "Password", "password", secret=True),
    ]
    return tuple(draw(st.permutations(sorts)))


@st.composite
def configurations(draw: st.DrawFn) -> Configured:
    """A source with destinations of any definition in any mode; every text in a setting is a value of its own."""
    run = secrets.token_hex(4)
    hidden: set[str] = set()
    withheld: set[str] = set()
    published: set[str] = set()

    def value() -> str:
        return secrets.token_urlsafe(LEAST) + draw(st.sampled_from(ODD)) + secrets.token_hex(4)

    def nested(text: str) -> Any:
        return draw(st.sampled_from([text, [text], {"inner": text}, {text: True}, [{"a": [text, 1]}]]))

    slugs = [f"def{number}-{run}" for number in range(draw(st.integers(1, 3)))]
    made = tuple(replace(draw(definitions(slug)), settings=draw(settings_of_each_sort())) for slug in slugs)
    if draw(st.sampled_from([True, True, False])):
        # Able to publish wherever it stands: what is withheld anyhow has less to leak by.
        code = Bundle(CODES[0].hash, "plugin", CODES[0].integrity)
        made = tuple(replace(one, bundle=one.bundle or code, modes=EVERY_MODE) for one in made)
    kind = draw(st.sampled_from(TYPES))
    source = Source(f"s-{run}", "acme", f"site-{run}", kind, "Site", (f"key-{run}",), 1.0, library=draw(libraries))
    chosen = draw(st.lists(st.sampled_from(made), min_size=1, max_size=4))
    destinations: list[Destination] = []
    for number, definition in enumerate(chosen):
        mode = draw(st.sampled_from(["device", "device", "cloud"]))
        enabled = draw(st.sampled_from([True, True, True, False]))
        device = enabled and mode == "device" and "device" in definition.supported(source.platform)
        loaded = device and (definition.bundle is not None if source.platform == "web" else source.platform == "mobile")
        first = source.platform == "web" or definition not in chosen[:number]
        values: dict[str, Any] = {}
        for setting in (*definition.settings, Setting("unknown", "?", "mixed"), Setting("more", "?", "mixed")):
            text = value()
            values[setting.name] = nested(text)
            exposed = setting.expose and not setting.secret
            (published if exposed and loaded and first else withheld if exposed else hidden).add(text)
        destinations.append(
            Destination(
                f"d{number}-{run}",
                source.id,
                source.name,
                f"n{number}-{run}",
                definition.slug,
                "Tool",
                enabled,
                "cloud" if mode == "cloud" else "device",
                1.0,
                1.0,
                values,
            )
        )
    # Which of two apps' destinations of one definition is published is not this test's claim.
    unclear = withheld if source.platform != "mobile" else set()
    return Configured(made, source, tuple(destinations), frozenset(hidden), frozenset(unclear), frozenset(published))


async def answers(site: Site, key: str) -> dict[str, bytes]:
    """Everything that the public side says about ``key``: what was asked -> headers and body, as sent and unpacked."""
    said: dict[str, bytes] = {}
    for path in PATHS:
        for encoding in ENCODINGS:
            address, accept = path.format(key), {"Accept-Encoding": encoding}
            asked = [("GET", accept), ("HEAD", accept), ("POST", accept), ("OPTIONS", accept)]
            response = await site.client.get(address, headers=accept)
            if "ETag" in response.headers:
                asked.append(("GET", {**accept, "If-None-Match": response.headers["ETag"]}))
            for method, headers in asked:
                async with site.client.stream(method, address, headers=headers) as response:
                    raw = b"".join([chunk async for chunk in response.aiter_raw()])
                    told = b"\n".join(name + b": " + value for name, value in response.headers.raw)
                    body = unpacked(raw, response.headers.get("Content-Encoding", ""))
                    inner = b"\n".join(strings_in(body))
                    what = f"{method} {address} {encoding} -> {response.status_code}"
                    said[what] = b"\n".join([told, raw, body, inner])
    return said


async def everything_said(site: Site, configured: Configured) -> dict[str, bytes]:
    """All public answers over the life of the configuration, and what is said about it elsewhere."""
    world, key = site.world, configured.source.write_keys[0]
    entries = [await world.commit(*configured.definitions, configured.source, *configured.destinations)]
    said = await answers(site, key)
    assert any("-> 200" in what for what in said)
    manage = Manage(world.store, world.clock, str, str, _no_read_back, lambda _entry: None)
    explanation = await explain_key(manage, ADMIN, key, ORIGIN)
    said["explain"] = repr(explanation).replace(repr(explanation.source), "").encode()
    # What goes wrong says nothing either: a lost key, a name in use.
    stranger = Store(world.engine, Codec(Keyring([new_secret_key()])), PublishedImages(), world.clock, str)
    without_key, with_key = [
        await Publisher(store, ORIGIN, 20.0).read(Wanted("settings", key)) for store in (stranger, world.store)
    ]
    # Where no setting is published, none has to be opened: the document is the same, and never a poorer one.
    assert without_key in (Unavailable("secret-unreadable"), with_key)
    assert without_key != with_key or configured.published == frozenset()
    try:
        await world.commit(replace(configured.destinations[0], id="twin"))
    except NameTakenError as error:
        said["the error's text"] = f"{error} {error!r}".encode()
    entries.append(await world.commit(*(replace(one, settings={}) for one in configured.destinations)))
    entries.append(await world.commit(*configured.destinations))
    entries.append(await world.commit(deletes=configured.destinations))
    retired = replace(configured.source, write_keys=(), retired_keys=(key,))
    entries.append(await world.commit(retired))
    said |= {f"retired: {what}": text for what, text in (await answers(site, key)).items()}
    said |= {f"entry {entry.position}": orjson.dumps(entry.diff) for entry in entries}
    return said


async def _no_read_back(path: str) -> bytes | None:
    raise AssertionError(path)


@given(configurations())
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large],
)
def test_no_public_answer_contains_a_secret(site: Site, configured: Configured) -> None:
    with structlog.testing.capture_logs() as logged:
        said = site.loop.run_until_complete(everything_said(site, configured))
    said["log"] = repr(logged).encode()
    assert logged or not configured.published, "the lost key was logged, where something had to be opened"
    for what, text in said.items():
        for secret in configured.hidden:
            assert leaks(secret, text) == [], f"{what} shows a secret"
        if not what.startswith("entry"):
            for value in configured.withheld:
                assert leaks(value, text) == [], f"{what} shows a setting that is not published"


@given(configurations())
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_search_finds_what_is_published(site: Site, configured: Configured) -> None:
    """Else finding nothing would say nothing."""
    said = site.loop.run_until_complete(everything_said(site, configured))
    shown = b"\n".join(text for what, text in said.items() if what.startswith("GET") and "settings identity" in what)
    scripts = b"\n".join(text for what, text in said.items() if what.startswith("GET") and "min.js br" in what)
    for value in configured.published:
        assert leaks(value, shown), "in the settings"
        assert leaks(value, scripts), "in the loader"


@given(st.text(st.characters(codec="utf-8"), min_size=LEAST, max_size=40), st.integers(0, 5), st.integers(0, 5))
def test_the_search_finds_a_secret_in_each_form_wherever_it_stands(secret: str, before: int, after: int) -> None:
    for name, form in forms(secret).items():
        if not name.startswith("base64"):
            assert name in leaks(secret, b"<" * before + form + b">" * after)
    for name, digits in {"base64": b"+/", "base64url": b"-_"}.items():
        whole = base64.b64encode(b"x" * before + secret.encode() + b"y" * after, digits)
        assert any(found.startswith(name) for found in leaks(secret, whole)), name
