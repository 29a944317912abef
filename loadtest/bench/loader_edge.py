"""What the loaders' bench loads: an edge with a source for each way of serving a page, and a page for each source."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from edge.compose.ground import lay_ground
from edge.model.asset import Asset, content_hash, integrity_of
from edge.model.client import PREFIX, Client, official_slug, official_version
from edge.model.definition import Bundle, Definition
from edge.model.destination import Destination
from edge.model.filter import Filter, FilterAction
from edge.model.instant import system_clock
from edge.model.plan import PlannedEvent
from edge.model.source import LoaderConfig, Source, Workspace
from edge.settings import Settings
from edge.store.documents import Document
from edge.store.store import Draft
from edge.store.view import View

JAVASCRIPT = "text/javascript; charset=utf-8"
RULED = "_ruled"
FIRST_EVENT = "first event: "
"""Before the milliseconds from navigation, on the page's console."""
AS_IS = "0.0.0"
"""Stands for the newest official client without anything put before it: as npm ships it."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """What a source has: ``count`` destinations; ``ruled``: a filter of each, a tracking plan, and middleware that the
    page adds."""

    count: int
    ruled: bool = False

    def __str__(self) -> str:
        return f"destinations: {self.count}{', rules, plan and middleware' if self.ruled else ''}"


SCENARIOS = (Scenario(1), Scenario(5), Scenario(10), Scenario(1, ruled=True))
MOST = max(one.count for one in SCENARIOS)
MIDDLEWARE = "analytics.addSourceMiddleware(({payload,next})=>next(payload));"


@dataclass(frozen=True, slots=True)
class Way:
    """How a page is served."""

    name: str
    loader: LoaderConfig

    def key(self, scenario: Scenario) -> str:
        return f"bench_{self.name.replace(' ', '_')}_{scenario.count}{RULED if scenario.ruled else ''}"


INLINE = Way("ours inline", LoaderConfig(bundle="inline"))
SEPARATE = Way("ours separate", LoaderConfig(bundle="separate"))
UNASKED = Way("code unasked", LoaderConfig(bundle="separate"))
"""The same in a page with a snippet that does not ask for the code bundle: another one, or from before."""
OFFICIAL = Way("official here", LoaderConfig("analytics-next", ""))
NPM = Way("official npm", LoaderConfig("analytics-next", AS_IS))
WAYS = (INLINE, SEPARATE, UNASKED, OFFICIAL, NPM)


def seed(settings: Settings) -> None:
    """Write every source straight into the store; the server then finds it there."""
    asyncio.run(_seed(settings))


async def _seed(settings: Settings) -> None:
    ground = lay_ground(settings, system_clock)
    await ground.prepare()
    newest = ground.release.official[0]
    nothing = _asset(b"\n")
    as_is = replace(newest, slug=official_slug(AS_IS), version=AS_IS, files={**newest.files, PREFIX: nothing.hash})
    # As much code as real destinations have: theirs, as a comment behind a stand-in's.
    files = {one.hash: one.body for one in ground.release.assets}
    real = [one.bundle.hash for one in ground.release.definitions.values() if one.bundle is not None]
    definitions, codes = zip(*(_definition(number, files[real[number]]) for number in range(MOST)), strict=True)
    documents: list[Document] = [Workspace("bench", "bench", "Bench", 0.0), as_is, *definitions]
    for way in WAYS:
        for scenario in SCENARIOS:
            documents += _source(way, scenario, newest)

    async def plan(_view: View) -> Draft:
        return Draft(puts=tuple(documents), assets=(nothing, *codes), reason="bench")

    await ground.store.commit(plan, actor="bench")
    await ground.close()


def _asset(body: bytes) -> Asset:
    return Asset(content_hash(body), integrity_of(body), JAVASCRIPT, body)


def _definition(number: int, filling: bytes) -> tuple[Definition, Asset]:
    """A tool whose code says on the console when its first event comes."""
    text = filling.decode().replace("*/", "* /")
    code = _asset(
        (
            f"window.bench{number}=()=>({{name:'Bench {number}',version:'1',type:'destination',isLoaded:()=>true,"
            "load:()=>Promise.resolve(),page:c=>{if(!window.firstEvent){window.firstEvent=performance.now();"
            f"console.log('{FIRST_EVENT}'+window.firstEvent)}}return c}}}});"
            f"/*{number} {text}*/"
        ).encode()
    )
    slug, name = f"bench-{number}", f"Bench {number}"
    definition = Definition(
        slug=slug,
        name=name,
        creation_name=name,
        description="",
        website="https://bench.example",
        category="Analytics",
        modes={"web": ("device",)},
        settings=(),
        methods=("page",),
        sdk={},
        bundle=Bundle(code.hash, f"bench{number}", code.integrity),
    )
    return definition, code


def _source(way: Way, scenario: Scenario, newest: Client) -> list[Document]:
    key = way.key(scenario)
    loader = replace(way.loader, version=official_version(newest.slug)) if way is OFFICIAL else way.loader
    source = Source(
        key,
        "bench",
        key.replace("_", "-"),
        "javascript",
        key,
        (key,),
        0.0,
        loader=loader,
        tracking_plan={"Secret": PlannedEvent(enabled=False)} if scenario.ruled else None,
    )
    destinations = [_destination(source, number) for number in range(scenario.count)]
    return [source, *destinations, *(_filter(one) for one in destinations if scenario.ruled)]


def _destination(source: Source, number: int) -> Destination:
    return Destination(
        id=f"{source.id}_{number}",
        source_id=source.id,
        source_name=source.name,
        slug=f"bench-{number}",
        definition=f"bench-{number}",
        display_name=f"Bench {number}",
        enabled=True,
        mode="device",
        created_at=0.0,
        updated_at=0.0,
    )


def _filter(destination: Destination) -> Filter:
    return Filter(
        id=f"df_{destination.id}",
        source_id=destination.source_id,
        destination_id=destination.id,
        destination_name=destination.name,
        title="",
        condition='event = "Refund"',
        actions=(FilterAction("drop_event"),),
        enabled=True,
        created_at=0.0,
        updated_at=0.0,
    )


@contextmanager
def pages(snippets: Mapping[str, str]) -> Iterator[str]:
    """A site whose path is the write key of its one source; gives its address. ``snippets`` are by key."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            key = self.path.strip("/")
            text = snippets[key] + (MIDDLEWARE if key.endswith(RULED) else "")
            body = f"<!doctype html><title>Bench</title><link rel=icon href=data:,><script>{text}</script>".encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Not on the terminal."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://localhost:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
