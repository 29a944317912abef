"""`edgewise version`."""

import platform
import sqlite3

import edge
from edge.cli.options import AsJson
from edge.cli.output import emit, say


def version(as_json: AsJson = False) -> None:
    """Print the version of Edgewise and of what it runs on."""
    if as_json:
        emit({"version": edge.__version__, "python": platform.python_version(), "sqlite": sqlite3.sqlite_version})
    else:
        say(f"edgewise {edge.__version__} (Python {platform.python_version()}, SQLite {sqlite3.sqlite_version})")
