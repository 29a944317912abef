"""A whole fleet: store, Redis, control node, edge nodes, nginx; each a real process that can be made to fail.

browsers ──► nginx ──► two nodes of one host ─┐
         └─► a node without a front ──────────┴──► control node ──► PostgreSQL
                                               (every node) ····► Redis
"""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TypeVar

import httpx

from loadtest.fleet.edgewise import Node, NodeOptions, environment
from loadtest.fleet.nginx import Nginx
from loadtest.fleet.plan import HOST_ALONE, HOST_BEHIND, Plan, common, store_settings
from loadtest.fleet.ports import free_port
from loadtest.fleet.postgres import Postgres
from loadtest.fleet.redis import RedisServer
from loadtest.fleet.seeding import Tokens, seed
from loadtest.sources import LoadSource, load_source
from loadtest.targets import Targets


class Fleet:
    """Made by ``running``. ``behind`` are the nodes behind nginx, ``alone`` those without a front."""

    def __init__(self, plan: Plan, directory: Path) -> None:
        self.plan = plan
        self.directory = directory
        self.logs = directory / "logs"
        self.logs.mkdir()
        self.postgres = Postgres(directory / "postgres", durable=plan.durable) if plan.store == "postgres" else None
        self.redis = RedisServer(self.logs) if plan.redis else None
        self._sockets = [
            directory / HOST_BEHIND / "front" / "run" / ("app.sock" if number == 0 else f"app-{number + 1}.sock")
            for number in range(plan.behind)
        ]
        self.nginx = Nginx(directory / HOST_BEHIND / "front", self._sockets) if plan.behind else None
        self._ports = [free_port() for _ in range(plan.alone)]
        self._control_port, self._admin_port = free_port(), free_port()
        self._public_url = self.nginx.url if self.nginx else f"http://127.0.0.1:{(*self._ports, self._control_port)[0]}"
        self.tokens = Tokens("", "")
        self.control = self._node("control", "control", self._store(), port=self._control_port, admin=self._admin_port)
        self.behind: list[Node] = []
        self.alone: list[Node] = []

    @property
    def nodes(self) -> list[Node]:
        """Those that browsers reach."""
        return [*self.behind, *self.alone]

    @property
    def sources(self) -> list[LoadSource]:
        return [load_source(number) for number in range(self.plan.sources)]

    @property
    def fronts(self) -> list[str]:
        """What browsers ask: nginx, and the nodes that have none before them."""
        return [*([self.nginx.url] if self.nginx else []), *(node.url for node in self.alone)]

    def api(self, timeout: float = 40.0) -> httpx.Client:
        """A client of the Config API with an instance token; the caller closes it."""
        headers = {"Authorization": f"Bearer {self.tokens.admin}"}
        return httpx.Client(base_url=self.control.admin_url, headers=headers, timeout=timeout, trust_env=False)

    def targets(self, wait: float = 10.0) -> Targets:
        numbers = tuple(range(self.plan.sources))
        return Targets(tuple(self.fronts), self.control.admin_url, self.tokens.admin, numbers, wait)

    def start(self) -> None:
        """Everything, until every node is ready."""
        if self.postgres is not None:
            self.postgres.create()
        if self.redis is not None:
            self.redis.start()
        options = self.control.options
        self.tokens = seed(self.plan.sources, environment(options.settings), options.build)
        self.control.start()
        self._make_nodes()
        for node in self.nodes:
            node.launch()
        if self.nginx is not None:
            self.nginx.launch()
        for node in self.nodes:
            node.wait_ready()
        if self.nginx is not None:
            self.nginx.wait_ready()

    def stop(self) -> None:
        """Everything, whatever of it runs, from the outside in."""
        with ExitStack() as stack:
            for server in (self.postgres, self.redis):
                if server is not None:
                    stack.callback(server.stop)
            stack.callback(self.control.process.end)
            for node in self.nodes:
                stack.callback(node.process.end)
            # At once: each takes seconds to leave in order.
            for node in self.nodes:
                stack.callback(node.process.dismiss)
            if self.nginx is not None:
                stack.callback(self.nginx.end)

    def evidence(self) -> str:
        """The ends of every log, for whoever reads of a failure."""
        return "\n\n".join(node.process.tail() for node in (self.control, *self.nodes))

    def altered(self, options: NodeOptions) -> NodeOptions:
        """What a node is made with, in the end: for a fleet whose connections go through something, for one."""
        return options

    def _make_nodes(self) -> None:
        for number, socket in enumerate(self._sockets):
            settings = self._share(HOST_BEHIND) | self._front()
            self.behind.append(self._node(f"behind-{number}", HOST_BEHIND, settings, uds=socket))
        for number, port in enumerate(self._ports):
            host = HOST_ALONE.format(number)
            self.alone.append(self._node(f"alone-{number}", host, self._share(host), port=port))

    def _front(self) -> dict[str, str]:
        """Where nginx is: beside the data directory of its host, which nodes of every role may not have."""
        assert self.nginx is not None
        places = {"EDGE_REFRESH_SOCKET": self.nginx.refresh_socket, "EDGE_FRONT_CACHE": self.nginx.cache}
        return {"EDGE_FRONT": "nginx", **{name: str(place) for name, place in places.items()}}

    def _node(
        self, name: str, host: str, settings: dict[str, str], *, port: int = 0, uds: Path | None = None, admin: int = 0
    ) -> Node:
        redis_url = self.redis.url if self.redis else None
        all_settings = common(self.plan, public_url=self._public_url, redis_url=redis_url)
        all_settings |= settings | {"EDGE_HOST_ID": host}
        if uds is not None:
            uds.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        log = self.logs / f"{name}.log"
        options = NodeOptions(name, log, all_settings, admin or free_port(), port=port, uds=uds)
        return Node(self.altered(options))

    def _store(self) -> dict[str, str]:
        return store_settings(self.plan, self.directory / "control", self.postgres.url if self.postgres else None)

    def _share(self, host: str) -> dict[str, str]:
        """What a node has besides: an edge node a control node and a directory of its host, others the store itself."""
        if not self.plan.split:
            return self._store()
        return {
            "EDGE_ROLE": "edge",
            "EDGE_ORIGIN_URL": self.control.admin_url,
            "EDGE_ORIGIN_TOKEN": self.tokens.origin,
            "EDGE_DATA_DIR": str(self.directory / host),
        }


F = TypeVar("F", bound=Fleet)


@contextmanager
def running(plan: Plan) -> Iterator[Fleet]:
    """A fleet that is ready, in a directory of its own, ended and removed afterwards."""
    with running_as(Fleet, plan) as fleet:
        yield fleet


@contextmanager
def running_as(make: Callable[[Plan, Path], F], plan: Plan) -> Iterator[F]:
    """The same for another kind of fleet."""
    # Not beneath a test's own directory, which only its owner may enter: PostgreSQL runs as another user under root.
    directory = Path(tempfile.mkdtemp(prefix="edgewise-fleet-"))
    directory.chmod(0o755)
    fleet = make(plan, directory)
    try:
        fleet.start()
        yield fleet
    finally:
        fleet.stop()
        shutil.rmtree(directory, ignore_errors=True)
