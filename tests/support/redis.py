"""Real Redis and Sentinel processes on loopback, each in a directory of its own and ended by its own process id."""

import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

from edge.model.redis_url import RedisUrl, parse_redis_url
from loadtest.fleet.ports import free_port
from tests.support.polling import DEADLINE

SERVICE = "edgewise"


class Server:
    """One process, started at once. It keeps its port when it is started again."""

    def __init__(self, directory: Path, *options: str, password: str | None = None) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.directory = directory
        self.port = free_port()
        self.socket = directory / "redis.sock"
        self._options = options
        self._password = password
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    @property
    def place(self) -> RedisUrl:
        return parse_redis_url(self.url)

    @property
    def alive(self) -> bool:
        return self._process is not None

    def asked(self) -> "Redis":
        """A client for the test's own questions."""
        return Redis(port=self.port, password=self._password, socket_timeout=DEADLINE)

    def start(self) -> None:
        """Empty: nothing is ever written to disk."""
        self._process = subprocess.Popen(self._command(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._wait()

    def stop(self) -> None:
        """Ended at once, as by the kernel."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._process = None

    def restart(self) -> None:
        self.stop()
        self.start()

    def freeze(self) -> None:
        """It runs no more, and its connections stay open: TCP takes what is sent to it."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def _command(self) -> list[str]:
        settings = {
            "--port": str(self.port),
            "--bind": "127.0.0.1",
            "--unixsocket": str(self.socket),
            "--dir": str(self.directory),
            "--save": "",
            "--appendonly": "no",
            "--repl-diskless-sync-delay": "0",
        }
        if self._password is not None:
            settings |= {"--requirepass": self._password, "--masterauth": self._password}
        return ["redis-server", *(word for pair in settings.items() for word in pair), *self._options]

    def _wait(self) -> None:
        deadline = time.monotonic() + DEADLINE
        while True:
            assert self._process is not None
            assert self._process.poll() is None, "redis-server ended by itself"
            with self.asked() as client, suppress(RedisError):
                client.ping()
                return
            assert time.monotonic() < deadline, "redis-server does not answer"
            time.sleep(0.01)


def replica_of(master: Server, directory: Path, password: str | None = None) -> Server:
    """Another server that follows ``master``, and has come as far as it."""
    replica = Server(directory, "--replicaof", f"127.0.0.1 {master.port}", password=password)
    deadline = time.monotonic() + DEADLINE
    with replica.asked() as client:
        while client.info("replication")["master_link_status"] != "up":
            assert time.monotonic() < deadline, "the replica does not follow"
            time.sleep(0.01)
    return replica


class Sentinel(Server):
    """A Sentinel that watches one master alone, and is impatient."""

    def __init__(
        self, directory: Path, master: Server, password: str | None = None, master_password: str | None = None
    ) -> None:
        self._master = master
        self._master_password = master_password
        super().__init__(directory, password=password)

    def _command(self) -> list[str]:
        lines = [
            f"port {self.port}",
            "bind 127.0.0.1",
            f"dir {self.directory}",
            f"sentinel monitor {SERVICE} 127.0.0.1 {self._master.port} 1",
            f"sentinel down-after-milliseconds {SERVICE} 500",
            f"sentinel failover-timeout {SERVICE} 2000",
        ]
        lines += [f"requirepass {self._password}"] if self._password else []
        lines += [f"sentinel auth-pass {SERVICE} {self._master_password}"] if self._master_password else []
        configuration = self.directory / "sentinel.conf"
        configuration.write_text("\n".join(lines) + "\n")
        return ["redis-server", str(configuration), "--sentinel"]


def sentinel_url(sentinels: Sequence[Server | int], credentials: str = "", options: str = "") -> str:
    """``sentinels``: servers, or ports at which nobody answers."""
    ports = (one if isinstance(one, int) else one.port for one in sentinels)
    hosts = ",".join(f"127.0.0.1:{port}" for port in ports)
    return f"redis+sentinel://{credentials}{hosts}/{SERVICE}/0{options}"
