"""nginx and the nodes behind it as a pair: where they meet, and the line that starts the other half.

EDGE_DATA_DIR/front/      what `nginx -p` is given
    run/                  app.sock (the nodes), refresh.sock and misses.sock (nginx), nginx.pid
    cache/                documents; nodes empty it
    assets/, temp/        files by content, bodies under way; nginx's own business
    logs/
"""

import os
import pwd
import shlex
from pathlib import Path

import edge
from edge.cli.errors import CliError
from edge.settings import Settings

PUBLIC_URL = "http://127.0.0.1:8080"
"""nginx.conf's own listener."""
DIRECTORIES = ("run", "cache", "assets", "temp", "logs")
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
    """Make what nginx is started in. Raises CliError; the data directory is there already."""
    if settings.front != "nginx":
        return
    directory = settings.front_directory()
    try:
        for name in DIRECTORIES:
            (directory / name).mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise CliError(
            f"EDGE_FRONT: {error.filename} cannot be made: {error.strerror}",
            "nginx keeps sockets, cache and logs there: remove what is in the way, or use another data directory.",
        ) from error


def start_line(settings: Settings) -> str:
    """What starts nginx before these nodes. The sockets of its configuration are found from its working directory."""
    directory = shlex.quote(str(settings.front_directory().absolute()))
    line = f"cd {directory} && nginx -p . -c {shlex.quote(configuration())}"
    if os.geteuid() == 0:
        # Started by root, nginx's workers are somebody else, who could neither reach the nodes nor share the cache.
        name = pwd.getpwuid(0).pw_name
        line += f" -g 'user {name};'"
    return line


def configuration() -> str:
    """The file in the project's folder where this runs from there; else its name."""
    beside = Path(edge.__file__).absolute().parents[1] / CONFIGURATION
    return str(beside) if beside.is_file() else f"/path/to/{CONFIGURATION}"
