"""What a command costs before it does anything."""

import subprocess
import sys

from tests.cli.processes import DEADLINE, environment

ASKED = """
import atexit, gc, sys
from edge.cli.main import run
atexit.register(lambda: print(gc.isenabled(), gc.get_freeze_count() > 0, gc.get_stats()[2]["collections"]))
run()
"""
"""A command; then whether garbage is collected, whether what was loaded is spared, and how often all was searched."""


def test_what_is_loaded_is_never_searched_for_garbage() -> None:
    words = [sys.executable, "-c", ASKED, "version"]
    done = subprocess.run(words, env=environment(), capture_output=True, text=True, timeout=DEADLINE, check=True)
    assert done.stdout.splitlines()[-1] == "True True 0"
