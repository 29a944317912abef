"""Redis on loopback, with nothing on disk: a restart is an empty one. Replica and Sentinel where a test wants them."""

from pathlib import Path
from typing import Any

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from loadtest.fleet.ports import free_port
from loadtest.fleet.process import Process, Program

MASTER = "edgewise"
DOWN_AFTER = 500
"""Milliseconds without an answer until a Sentinel calls the master down."""


class RedisServer:
    """One ``redis-server``; with ``replica_of`` it follows another one."""

    def __init__(self, directory: Path, name: str = "redis", replica_of: "RedisServer | None" = None) -> None:
        self.port = free_port()
        words = ["redis-server", "--bind", "127.0.0.1", "--port", str(self.port), "--dir", str(directory)]
        words += ["--save", "", "--appendonly", "no", "--daemonize", "no"]
        if replica_of is not None:
            words += ["--replicaof", "127.0.0.1", str(replica_of.port)]
        self.process = Process(Program(name, tuple(words), directory / f"{name}.log"))
        self.client = self.connect()

    def connect(self, timeout: float = 5.0) -> Redis:
        """Another client, whose calls take ``timeout`` seconds at most and are not repeated."""
        return Redis(port=self.port, socket_timeout=timeout, retry=Retry(NoBackoff(), 0), decode_responses=True)

    @property
    def url(self) -> str:
        """As ``EDGE_REDIS_URL``."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        self.process.start()
        self.process.wait_until(self.answers, "Redis answers")

    def stop(self) -> None:
        self.process.end()
        self.client.close()

    def restart_empty(self) -> None:
        self.stop()
        self.start()

    def answers(self) -> bool:
        try:
            return bool(self.client.ping())
        except RedisError:
            return False

    def pause(self, seconds: float) -> None:
        """Answer no command for so long, while connections stay open (``CLIENT PAUSE``)."""
        self.client.client_pause(int(seconds * 1000), all=True)

    def streams(self) -> list[str]:
        """Names of the streams that there are."""
        return sorted(str(name) for name in self.client.scan_iter(_type="STREAM"))

    def entries(self, stream: str) -> list[dict[str, str]]:
        """The fields of every entry, oldest first."""
        found: Any = self.client.xrange(stream)
        return [fields for _, fields in found]

    def trim(self, stream: str, keep: int) -> None:
        """Forget all but the newest ``keep`` entries."""
        self.client.xtrim(stream, maxlen=keep, approximate=False)


class Sentinel:
    """One Sentinel with a quorum of itself: enough to fail over, no more."""

    def __init__(self, directory: Path, master: RedisServer) -> None:
        self.port = free_port()
        self._file = directory / "sentinel.conf"
        self._master = master
        words = ("redis-sentinel", str(self._file))
        self.process = Process(Program("sentinel", words, directory / "sentinel.log"))
        self.client = Redis(port=self.port, socket_timeout=5.0, decode_responses=True)

    @property
    def url(self) -> str:
        """As ``EDGE_REDIS_URL``."""
        return f"redis+sentinel://127.0.0.1:{self.port}/{MASTER}"

    def start(self, replicas: int) -> None:
        """Start, and wait until it knows the master's ``replicas``: before that it has nobody to fail over to."""
        lines = [
            "bind 127.0.0.1",
            f"port {self.port}",
            f"sentinel monitor {MASTER} 127.0.0.1 {self._master.port} 1",
            f"sentinel down-after-milliseconds {MASTER} {DOWN_AFTER}",
            f"sentinel failover-timeout {MASTER} 5000",
        ]
        self._file.write_text("\n".join(lines) + "\n")
        self.process.start()
        self.process.wait_until(lambda: self._replicas() >= replicas, f"Sentinel knows {replicas} replicas")

    def stop(self) -> None:
        self.process.end()
        self.client.close()

    def master_port(self) -> int:
        """Where the master is, by what the Sentinel says now."""
        known: Any = self.client.sentinel_get_master_addr_by_name(MASTER)
        return int(known[1])

    def _replicas(self) -> int:
        try:
            return len(self.client.sentinel_slaves(MASTER))
        except RedisError:
            return 0
