"""nginx and the nodes behind it as a pair: where they meet, and how the other half is started.

EDGE_DATA_DIR/front/      what `nginx -p` is given, and its working directory
    run/                  app.sock (the nodes), refresh.sock and misses.sock (nginx), nginx.pid
    cache/                documents; nodes empty it
    assets/, temp/        files by content, bodies under way; nginx's own business
    logs/
"""

import os
import pwd
import shlex
import sysconfig
from collections.abc import Sequence
from pathlib import Path

import edge
from edge.cli.errors import USAGE, CliError
from edge.cli.listeners import is_answered
from edge.settings import Settings

PUBLIC_URL = "http://127.0.0.1:8080"
"""nginx.conf's own listener."""
DIRECTORIES = ("run", "cache", "assets", "temp", "logs")
NGINX_SOCKETS = ("refresh.sock", "misses.sock")
CONFIGURATION = "nginx.conf"


def paired(settings: Settings) -> Settings:
    """``settings`` as nginx needs them, where they do not say: nodes on its socket, its address as the public one."""
    if settings.front != "nginx":
        return settings
    known: dict[str, object] = {}
    if settings.uds is None and settings.model_fields_set.isdisjoint({"host", "port"}):
        known["uds"] = settings.front_directory() / "run" / "app.sock"
    if settings.public_url is None:
        known["public_url"] = PUBLIC_URL
    return settings.model_copy(update=known)


def furnish(settings: Settings) -> None:
    """Make what nginx is started in, for the owner of the data directory, which is there. Raises CliError."""
    if settings.front != "nginx":
        return
    directory = settings.front_directory()
    owner = settings.data_dir.stat()
    try:
        for path in (directory, *(directory / name for name in DIRECTORIES)):
            path.mkdir(mode=0o700, exist_ok=True)
            if os.geteuid() == 0:
                os.chown(path, owner.st_uid, owner.st_gid)
    except OSError as error:
        raise CliError(
            f"EDGE_FRONT: {error.filename} cannot be made: {error.strerror}",
            "nginx keeps sockets, cache and logs there: remove what is in the way, or use another data directory.",
        ) from error


def clear(settings: Settings) -> None:
    """Remove the sockets of an nginx that was killed: it cannot bind to them again, and nobody else removes them."""
    for name in NGINX_SOCKETS:
        path = settings.front_directory() / "run" / name
        if path.is_socket() and not is_answered(path):
            path.unlink(missing_ok=True)


def configuration(given: Path | None = None) -> Path:
    """The file to start nginx with: the one ``given``, or the one that came with this. Raises CliError."""
    beside = Path(edge.__file__).absolute().parents[1] / CONFIGURATION
    installed = Path(sysconfig.get_path("data")) / "share" / "edgewise" / CONFIGURATION
    candidates = (beside, installed) if given is None else (given.absolute(),)
    for path in candidates:
        if path.is_file():
            return path
    raise CliError(
        f"there is no file {candidates[0]}",
        f"Name the {CONFIGURATION} to start nginx with; the project's folder has the one to begin with.",
        USAGE,
    )


def command(settings: Settings, file: Path, more: Sequence[str] = ()) -> tuple[str, ...]:
    """The words that start nginx, from its own directory. As root its workers are the data directory's owner."""
    words = ("nginx", "-p", ".", "-c", str(file), *more)
    if os.geteuid() != 0:
        return words
    owner = settings.data_dir.stat().st_uid
    try:
        return (*words, "-g", f"user {pwd.getpwuid(owner).pw_name};")
    except KeyError:
        raise CliError(
            f"EDGE_DATA_DIR: {settings.data_dir} belongs to {owner}, who is no user of this machine",
            "nginx's workers have to be the user of the nodes: give the directory to one that has a name.",
        ) from None


def start_line(settings: Settings) -> str:
    """What a person types to start nginx before these nodes."""
    return f"edgewise --data-dir {shlex.quote(str(settings.data_dir.absolute()))} nginx"
