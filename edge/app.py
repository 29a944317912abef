"""The composition root: the only place that constructs collaborators and hands them to each other."""

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Mount
from starlette.types import ASGIApp

import edge
from edge.api.app import Api
from edge.api.call import Deps
from edge.delivery.listener import OnlyOnPort
from edge.delivery.routes import Public, nothing_here
from edge.delivery.sink import Witness
from edge.ground import lay_ground, new_id
from edge.keys import token_keys
from edge.manage.distribution import Reached
from edge.manage.operation import Manage
from edge.manage.problem import ProblemError
from edge.manage.tokens import REFUSED, Tokens
from edge.model.change import Entry
from edge.model.instant import Clock, system_clock
from edge.model.token import EVERY_WORKSPACE, SCOPES, Principal
from edge.node import Node, build_node
from edge.publish.snippet import snippet_text
from edge.publish.wire import Origin
from edge.settings import Settings


def new_write_key() -> str:
    return secrets.token_urlsafe(24)


@dataclass(frozen=True, slots=True)
class Extension:
    """What a mode of running adds to an application: the demo, for one. ``start`` runs once the node follows."""

    witness: Witness
    routes: Callable[[Deps], Sequence[BaseRoute]]
    start: Callable[[Deps], Awaitable[None]]


def create_app(settings: Settings, clock: Clock = system_clock, extension: Extension | None = None) -> Starlette:
    """The application of one worker process: the public side and the Config API."""
    ground = lay_ground(settings, clock)
    node = build_node(ground, extension.witness if extension is not None else None)
    deps = api_deps(node, committed=node.committed, reached=node.follower.reached)
    nothing = nothing_here(node.delivery.headers)
    admin_port = int(settings.admin_bind.rpartition(":")[2]) if settings.admin_bind else None

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with node.running():
            if extension is not None:
                await extension.start(deps)
            yield

    app = Starlette(
        routes=[
            Mount("/v1beta", app=OnlyOnPort(Api(deps), admin_port, nothing)),
            *(extension.routes(deps) if extension is not None else ()),
            Mount("/", app=nothing),
        ],
        middleware=[Middleware(Public, delivery=node.delivery)],
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False
    # Mount's own pattern does not match a line break, and Starlette's own 404 says nothing of caching.
    app.router.default = nothing
    return app


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
        return Principal("command line", "local", EVERY_WORKSPACE, frozenset(SCOPES))

    async def reached(_position: int, _seconds: float) -> bool:
        return True

    async with AsyncExitStack() as stack:
        stack.push_async_callback(ground.close)
        await ground.prepare()
        epoch = await ground.epoch()
        deps = api_deps(node, committed=lambda entry: ground.announcer.announce(epoch, entry), reached=reached)
        api = Api(replace(deps, authenticate=authenticate, requests_per_minute=0, local=True))
        yield Starlette(routes=[Mount("/v1beta", app=api)]), token


def api_deps(node: Node, *, committed: Callable[[Entry], None], reached: Reached) -> Deps:
    """The Config API's collaborators; ``committed`` and ``reached`` are the node's, in a process that follows."""
    ground, assets = node.ground, node.delivery.assets
    settings, template = ground.settings, ground.release.snippet or ""

    async def read_back(path: str) -> bytes | None:
        return await assets.body(path.rpartition("/")[2].removesuffix(".js"))

    manage = Manage(ground.store, ground.clock, new_id, new_write_key, read_back, committed)
    tokens = Tokens(manage, token_keys(settings))
    return Deps(
        manage=manage,
        tokens=tokens,
        authenticate=tokens.principal,
        receipts=ground.receipts,
        reached=reached,
        origin=Origin(settings.base_url(), settings.api_host),
        snippet=lambda key: snippet_text(template, key, settings.base_url()),
        version=edge.__version__,
        requests_per_minute=settings.rate_limit,
    )
