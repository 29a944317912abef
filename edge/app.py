"""The composition root: the only place that constructs collaborators and hands them to each other."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, nullcontext, suppress
from dataclasses import dataclass, replace
from functools import partial

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp

import edge
from edge.api.app import Api
from edge.cache.cache import Answer
from edge.compose.door import LOCAL, new_write_key, sessions_of
from edge.compose.ground import Ground, lay_ground, new_id
from edge.compose.keys import token_keys
from edge.compose.node import Node, build_node
from edge.compose.observed import fleet_of, probe_of
from edge.compose.outpost import lay_outpost
from edge.console.app import Console
from edge.console.session import PATH as CONSOLE
from edge.delivery.listener import OnlyOnPort
from edge.delivery.prepared import bare
from edge.delivery.routes import Public, nothing_here
from edge.delivery.sink import Witness
from edge.journal.announcer import PREPARING
from edge.manage.deps import Deps
from edge.manage.distribution import Reached
from edge.manage.operation import Manage
from edge.manage.problem import ProblemError
from edge.manage.tokens import REFUSED, Tokens
from edge.model.change import Entry
from edge.model.instant import Clock, system_clock
from edge.model.outcome import Unavailable
from edge.model.token import Principal
from edge.origin.admission import Admission
from edge.origin.app import OriginApi
from edge.origin.sources import Sources
from edge.origin.wire import PREFIX
from edge.publish.pieces import Pieces
from edge.publish.publication import Publication, Wanted
from edge.publish.snippet import Snippets
from edge.publish.wire import Origin
from edge.settings import Settings


@dataclass(frozen=True, slots=True)
class Extension:
    """What a mode of running adds to an application: the demo, for one. ``start`` runs once the node follows."""

    witness: Witness
    routes: Callable[[Deps], Sequence[BaseRoute]]
    start: Callable[[Deps], Awaitable[None]]


def create_app(settings: Settings, clock: Clock = system_clock, extension: Extension | None = None) -> Starlette:
    """The application of one worker process, by its role. Only an edge node has neither a store nor a Config API."""
    return edge_app(settings, clock) if settings.role == "edge" else control_app(settings, clock, extension)


def edge_app(settings: Settings, clock: Clock) -> Starlette:
    """The public side on what control nodes answer."""
    return _application(build_node(lay_outpost(settings, clock)))


def control_app(settings: Settings, clock: Clock, extension: Extension | None = None) -> Starlette:
    """The public side, the Config API and the origin calls on the store.

    A control node answers the public paths too: it has all they need, and it is the first to be asked whether an asset
    can be read through the edge (I22).
    """
    ground = lay_ground(settings, clock)
    node = build_node(ground, extension.witness if extension is not None else None)
    deps = api_deps(ground, node, committed=telling(ground, node), reached=showing(ground, node))
    admission = Admission(
        deps.tokens.principal,
        deps.tokens.check,
        untagged=ground.untagged,
        proof=ground.proof,
        clock=clock,
        lease=settings.lease,
    )
    nothing = nothing_here(node.delivery.headers)
    admin_port = int(settings.admin_bind.rpartition(":")[2]) if settings.admin_bind else None
    # Never on the public listener: where the Config API has no listener of its own, numbers are at the nodes' own.
    metrics = node.observed.exporter(nothing) if admin_port is not None else nothing

    @asynccontextmanager
    async def beside() -> AsyncIterator[None]:
        if extension is not None:
            await extension.start(deps)
        yield
        await admission.close()

    console = OnlyOnPort(Console(deps, sessions_of(settings, clock)), admin_port, nothing)
    return _application(
        node,
        Route(CONSOLE, console),
        Mount(CONSOLE, app=console),
        Mount("/v1beta", app=OnlyOnPort(Api(deps), admin_port, nothing)),
        Route("/metrics", OnlyOnPort(metrics, admin_port, nothing)),
        Mount(PREFIX, app=OnlyOnPort(OriginApi(origin_sources(ground, node), admission), admin_port, nothing)),
        *(extension.routes(deps) if extension is not None else ()),
        beside=beside,
    )


def _application(
    node: Node, *routes: BaseRoute, beside: Callable[[], AbstractAsyncContextManager[None]] = nullcontext
) -> Starlette:
    """The public paths, then ``routes``, then nothing. ``beside``: what is there for as long as the node runs."""
    nothing = nothing_here(node.delivery.headers)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with node.running(), beside():
            # The server takes requests when this has been entered.
            await node.answering()
            yield

    app = Starlette(
        routes=[*routes, Mount("/", app=nothing)],
        middleware=[Middleware(Public, delivery=node.delivery)],
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False
    # Mount's own pattern does not match a line break, and Starlette's own 404 says nothing of caching.
    app.router.default = nothing
    return app


def telling(ground: Ground, node: Node) -> Callable[[Entry], None]:
    """Tells this node, and by the stream all others, of what this process committed.

    Others are told of a change when its documents are read here, and laid where they find them; of a purge at once,
    since what is purged is to be gone, whatever takes its place.
    """

    def tell(entry: Entry) -> None:
        epoch = node.follower.epoch()
        # Applied first: it is what has the documents read that the stream is to wait for.
        node.committed(entry)
        if epoch is not None:
            ready = partial(node.prepared, entry) if entry.verb == "change" else None
            ground.announcer.announce(epoch, entry, ready)

    return tell


def showing(ground: Ground, node: Node) -> Reached:
    """Waits until this node shows what it wrote, and all others have been told: what a write's answer says. For either
    a tenth of a second at most, since neither is what makes it true."""

    async def shown(position: int, seconds: float) -> bool:
        reached = await node.shows(position, seconds)
        if reached:
            with suppress(TimeoutError):
                async with asyncio.timeout(PREPARING):
                    await ground.announcer.told(position)
        return reached

    return shown


def origin_sources(ground: Ground, node: Node) -> Sources:
    """What origin calls are answered from: the store itself, and what this node would serve."""

    async def document(wanted: Wanted) -> Answer[Publication] | Unavailable:
        answer = node.cache.hit(wanted) or await node.cache.get(wanted)
        if isinstance(answer, Unavailable):
            return answer
        return Answer(bare(answer.known), answer.freshness, answer.confirmed_at, answer.hit)

    return Sources(
        journal=ground.journal,
        revokes=ground.store,
        roster=ground.roster,
        keys=ground.keys,
        document=document,
        asset=node.delivery.assets.asset,
        proof=ground.proof,
        floors=ground.floors,
        kick=node.follower.kick,
        reached=node.follower.reached,
        changed=ground.membership.bell.ring,
        clock=ground.clock,
        build=ground.build(),
        timeout=ground.settings.read_timeout,
    )


@asynccontextmanager
async def local_api(settings: Settings, clock: Clock = system_clock) -> AsyncIterator[tuple[ASGIApp, str]]:
    """The Config API on the local store, for one command: the application, and the only token that it accepts.

    Whoever can read the data directory owns the instance; the token lives in this process alone.
    """
    ground = lay_ground(settings, clock)
    node = build_node(ground)
    token = secrets.token_urlsafe(32)

    async def authenticate(given: str) -> Principal:
        if not secrets.compare_digest(given, token):
            raise ProblemError("unauthenticated", REFUSED)
        return LOCAL

    async def reached(_position: int, _seconds: float) -> bool:
        return True

    async with AsyncExitStack() as stack:
        stack.push_async_callback(ground.close)
        stack.push_async_callback(node.observed.asking.close)
        await ground.prepare()
        epoch = await ground.epoch()
        deps = api_deps(ground, node, committed=lambda entry: ground.announcer.announce(epoch, entry), reached=reached)
        api = Api(replace(deps, authenticate=authenticate, requests_per_minute=0, local=True))
        yield Starlette(routes=[Mount("/v1beta", app=api)]), token


def api_deps(ground: Ground, node: Node, *, committed: Callable[[Entry], None], reached: Reached) -> Deps:
    """The Config API's collaborators; ``committed`` and ``reached`` are the node's, in a process that follows."""
    assets = node.delivery.assets
    settings = ground.settings

    async def read_back(path: str) -> bytes | None:
        return await assets.body(path.rpartition("/")[2].removesuffix(".js"))

    manage = Manage(ground.store, ground.clock, new_id, new_write_key, read_back, committed)
    tokens = Tokens(manage, token_keys(settings))
    return Deps(
        manage=manage,
        tokens=tokens,
        authenticate=tokens.principal,
        receipts=ground.receipts,
        fleet=fleet_of(ground, node.observed.asking),
        probe=probe_of(ground, node.observed.asking),
        reached=reached,
        origin=Origin(settings.base_url(), settings.api_host),
        snippets=Snippets(*ground.release.snippets, settings.base_url()),
        pieces=Pieces(ground.store),
        version=edge.__version__,
        requests_per_minute=settings.rate_limit,
    )
