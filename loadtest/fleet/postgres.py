"""A throw-away PostgreSQL cluster on loopback: its own directory, port and superuser, nobody's password."""

import os
import pwd
import shutil
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

from loadtest.fleet.ports import free_port
from loadtest.fleet.process import PATIENCE, Process, Program, as_user

SUPERUSER = "edgewise"
DATABASE = "edgewise"
DEBIAN = Path("/usr/lib/postgresql")
# Not for a database that anybody keeps: a crash of the machine loses what was committed. One of the server does not,
# as long as synchronous_commit stays on.
HASTY = "fsync=off", "full_page_writes=off"


class Postgres:
    """``directory`` must be on a path that user ``postgres`` or ``nobody`` may walk, for root may not run a server."""

    def __init__(self, directory: Path, *, durable: bool = False) -> None:
        self.directory = directory
        self.port = free_port()
        self.data = directory / "cluster"
        self._user = _server_user()
        settings = ["listen_addresses=127.0.0.1", f"port={self.port}", f"unix_socket_directories={directory}"]
        # Debian's package of the server has pg_stat_statements, by which a bench counts what the store is asked.
        settings += ["max_connections=200", "shared_preload_libraries=pg_stat_statements", *(() if durable else HASTY)]
        words = [str(binary("postgres")), "-D", str(self.data)]
        words += [word for setting in settings for word in ("-c", setting)]
        # SIGINT is PostgreSQL's fast stop; SIGTERM would wait for every client to leave.
        log = directory / "postgres.log"
        self.process = Process(
            Program("postgres", tuple(words), log, directory=directory, user=self._user, stop=signal.SIGINT)
        )

    @property
    def url(self) -> str:
        """As ``EDGE_DATABASE_URL``."""
        return f"postgresql+asyncpg://{SUPERUSER}@127.0.0.1:{self.port}/{DATABASE}"

    def create(self) -> None:
        """Make the cluster and its one database, and leave it running."""
        self.directory.mkdir(parents=True, exist_ok=True)
        if self._user is not None:
            shutil.chown(self.directory, self._user)
        options = ["-U", SUPERUSER, "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
        self._run("initdb", "-D", str(self.data), *options)
        self.start()
        self._run("createdb", *self._where(), DATABASE)

    def start(self) -> None:
        self.process.start()
        self.process.wait_until(self.ready, "PostgreSQL takes connections")

    def stop(self) -> None:
        self.process.end()

    def restart(self) -> None:
        self.stop()
        self.start()

    def ready(self) -> bool:
        return subprocess.run([binary("pg_isready"), *self._where(), "-q"], check=False).returncode == 0

    def query(self, statement: str) -> str:
        """What ``psql`` answers to one statement, unaligned and without headings."""
        return self._run("psql", *self._where(), "-d", DATABASE, "-AtXqc", statement).strip()

    def copy(self, name: str) -> Path:
        """Stop the server, copy its files, and start it again."""
        self.stop()
        kept = self.directory / name
        _copy(self.data, kept)
        self.start()
        return kept

    def put_back(self, kept: Path) -> None:
        """Run from an older copy from now on: everything committed since is gone, as after a careless restore."""
        self.stop()
        shutil.rmtree(self.data)
        _copy(kept, self.data)
        self.start()

    def _where(self) -> tuple[str, ...]:
        return "-h", "127.0.0.1", "-p", str(self.port), "-U", SUPERUSER

    def _run(self, name: str, *arguments: str) -> str:
        words = [*as_user(self._user), str(binary(name)), *arguments]
        done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=self.directory, timeout=PATIENCE)
        if done.returncode != 0:
            raise RuntimeError(f"{name} ended with {done.returncode}: {done.stderr.strip()}")
        return done.stdout


def binary(name: str) -> Path:
    """One of PostgreSQL's programs; Debian keeps all but the clients off the PATH."""
    beside = sorted(DEBIAN.glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    found = beside[-1] if beside else shutil.which(name)
    if found is None:
        raise FileNotFoundError(f"PostgreSQL's {name} is not on this machine: apt-get install postgresql")
    return Path(found)


def _server_user() -> str | None:
    """Whom the server runs as where we are root, whom it refuses."""
    if os.geteuid() != 0:
        return None
    for user in ("postgres", "nobody"):
        with suppress(KeyError):
            return pwd.getpwnam(user).pw_name
    raise RuntimeError("PostgreSQL does not run as root, and there is no user postgres or nobody to run it as")


def _copy(origin: Path, target: Path) -> None:
    # With owner and mode, on which the server insists; shutil keeps no owner.
    subprocess.run(["cp", "-a", str(origin), str(target)], check=True)
