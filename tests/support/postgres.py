"""A real PostgreSQL server for the tests: one for a session, each test with a database of its own.

It is made from nothing in a directory of its own, listens on loopback and on a Unix socket, forgets about the disk
(fsync off), and is ended by its own process id. Its language is one in which names sort otherwise than by their bytes.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from loadtest.fleet.ports import free_port
from tests.support.polling import DEADLINE

DATABASES = ("sqlite", "postgresql")
"""What a store may be on: the parameters of fixtures that give a test one of each."""
OWNER = "edge"
MAKE_FILES = ("initdb", "pg_basebackup")
"""The programs whose files are the server's: its user runs them."""
URL_FILE = "database.url"
"""In a data directory: the store is there, and not in an SQLite file beside it (tests only)."""
CONFIGURATION = (
    "fsync=off",
    "full_page_writes=off",
    "max_connections=300",
    "shared_buffers=32MB",
    "logging_collector=off",
    "wal_level=replica",
    "hot_standby=on",
)


def url_in(directory: Path) -> str | None:
    """The URL of the server's database that ``directory`` stands for; ``None`` where it holds an SQLite file."""
    file = directory / URL_FILE
    return file.read_text() if file.exists() else None


class Cluster:
    """One server. What is done to it is done to every database of the session: a test that stops it has its own."""

    def __init__(self, directory: Path, port: int | None = None) -> None:
        self.directory = directory
        self.port = port or free_port()
        self._server: subprocess.Popen[bytes] | None = None
        self._made = 0

    @property
    def data(self) -> Path:
        return self.directory / "data"

    def make(self) -> None:
        """``initdb``, as the server's user."""
        self._run(
            *("initdb", "--pgdata", str(self.data), "--username", OWNER, "--auth", "trust", "--no-sync"),
            *("--encoding", "UTF8", "--locale", "C.UTF-8", "--locale-provider", "icu", "--icu-locale", "en-US"),
        )

    def follow(self, primary: "Cluster") -> None:
        """Become a standby of ``primary``: a copy of it that streams what it writes, once started."""
        place = ("--host", str(primary.directory), "--port", str(primary.port), "--username", OWNER)
        self._run("pg_basebackup", *place, "--pgdata", str(self.data), "-R", "--checkpoint", "fast", "--no-sync")

    def start(self) -> None:
        settings = (
            *CONFIGURATION,
            "listen_addresses=127.0.0.1",
            f"port={self.port}",
            f"unix_socket_directories={self.directory}",
        )
        options = [word for setting in settings for word in ("-c", setting)]
        with (self.directory / "log").open("ab") as log:
            self._server = subprocess.Popen(
                [str(_binary("postgres")), "-D", str(self.data), *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.directory,
                **_user(),
            )
        self._wait_until_it_answers()

    def stop(self, *, at_once: bool = False) -> None:
        """Shut down: ending sessions, or ``at_once`` as a crash would."""
        assert self._server is not None
        self._server.send_signal(signal.SIGQUIT if at_once else signal.SIGINT)
        self._server.wait(DEADLINE)
        self._server = None

    def restart(self) -> None:
        self.stop()
        self.start()

    @contextmanager
    def stopped(self) -> Iterator[None]:
        self.stop()
        try:
            yield
        finally:
            self.start()

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Every process of the server stands still: connections are accepted by the kernel, and nobody answers."""
        processes = self._processes()
        for process in processes:
            os.kill(process, signal.SIGSTOP)
        try:
            yield
        finally:
            for process in processes:
                os.kill(process, signal.SIGCONT)

    def url(self, database: str) -> str:
        return f"postgresql://{OWNER}@127.0.0.1:{self.port}/{database}"

    def socket_url(self, database: str) -> str:
        return f"postgresql://{OWNER}@/{database}?host={self.directory}&port={self.port}"

    def sql(self, statement: str, database: str = "postgres") -> str:
        """Run one statement as somebody else would; the answer's text, fields separated by ``|``."""
        options = self._options(database)
        return self._run("psql", *options, "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", statement).strip()

    @contextmanager
    def database(self, template: str = "template0") -> Iterator[str]:
        """A database of its own, a copy of ``template``; answers its name, and drops it afterwards."""
        self._made += 1
        name = f"test_{self._made}"
        self.sql(f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            yield name
        finally:
            self.sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def dump(self, database: str) -> str:
        """``pg_dump``, as a script that replaces what is there."""
        return self._run("pg_dump", *self._options(database), "--clean", "--if-exists")

    def load(self, database: str, script: str) -> None:
        """Run such a script while others are connected, in one transaction."""
        self._run("psql", *self._options(database), "-Xq1", "-v", "ON_ERROR_STOP=1", given=script)

    @contextmanager
    def asking_for_passwords(self) -> Iterator[None]:
        """A role ``guarded`` that has a password, which the server asks for."""
        self.sql("DROP ROLE IF EXISTS guarded")
        self.sql("CREATE ROLE guarded LOGIN PASSWORD 'not what is given'")
        rules = self.data / "pg_hba.conf"
        before = rules.read_text()
        rules.write_text(f"host all guarded 127.0.0.1/32 scram-sha-256\n{before}")
        self._reload()
        try:
            yield
        finally:
            rules.write_text(before)
            self._reload()

    def close(self) -> None:
        if self._server is not None:
            self.stop(at_once=True)
        shutil.rmtree(self.directory, ignore_errors=True)

    def _reload(self) -> None:
        """Have the configuration read anew, and wait until new sessions begin with it."""
        loaded = self.sql("SELECT pg_conf_load_time()")
        self.sql("SELECT pg_reload_conf()")
        deadline = time.monotonic() + DEADLINE
        while self.sql("SELECT pg_conf_load_time()") == loaded:
            assert time.monotonic() < deadline, "the configuration is not read anew"

    def _wait_until_it_answers(self) -> None:
        assert self._server is not None
        deadline = time.monotonic() + DEADLINE
        ready = [str(_binary("pg_isready")), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        while subprocess.run(ready, check=False).returncode != 0:
            log = self.directory / "log"
            assert self._server.poll() is None, f"the server ended: {log.read_text()[-2000:]}"
            assert time.monotonic() < deadline, "the server does not answer"
            time.sleep(0.02)

    def _processes(self) -> list[int]:
        assert self._server is not None
        process = self._server.pid
        children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
        # The first one first: it would start anew what stands still for another reason.
        return [process, *map(int, children)]

    def _options(self, database: str) -> tuple[str, ...]:
        """Of the server's programs: where to connect."""
        return ("-h", str(self.directory), "-p", str(self.port), "-U", OWNER, "-d", database)

    def _run(self, program: str, *arguments: str, given: str | None = None) -> str:
        command = [str(_binary(program)), *arguments]
        # For another user Python copies this whole process first, which takes longer than all that psql does.
        user = _user() if program in MAKE_FILES else {}
        done: subprocess.CompletedProcess[str] = subprocess.run(
            command, input=given, capture_output=True, text=True, cwd=self.directory, check=False, **user
        )
        assert done.returncode == 0, f"{program}: {done.stderr}"
        return done.stdout


@contextmanager
def cluster_started(primary: Cluster | None = None) -> Iterator[Cluster]:
    """A server of one's own, or a standby of ``primary``."""
    # In a directory whose name is short enough for a Unix socket (108 bytes).
    directory = Path(tempfile.mkdtemp(prefix="edge-pg-", dir="/tmp"))
    user = _user().get("user")
    if user is not None:
        shutil.chown(directory, user)
    cluster = Cluster(directory)
    try:
        if primary is None:
            cluster.make()
        else:
            cluster.follow(primary)
        cluster.start()
        yield cluster
    finally:
        cluster.close()


def _user() -> dict[str, Any]:
    """Arguments of ``subprocess`` for the server's programs, which refuse to run as root."""
    if os.getuid() != 0:
        return {}
    names = {entry.pw_name for entry in pwd.getpwall()}
    account = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _binary(name: str) -> Path:
    """Debian keeps the server's programs off the PATH, each version in a directory of its own."""
    versions = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[4]))
    found = versions[-1] if versions else shutil.which(name)
    assert found is not None, f"{name} is not on this machine: see scripts/system-packages.txt"
    return Path(found)
