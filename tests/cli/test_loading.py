"""A program is loaded without a search for garbage, by a command and by a worker."""

import functools
import pickle
import subprocess
import sys

from edge.cli.loading import Later
from edge.compose.ground import new_id
from tests.cli.processes import DEADLINE, environment

SAID = 'print(gc.isenabled(), gc.get_freeze_count() > 0, gc.get_stats()[2]["collections"])'
"""Whether garbage is collected again, whether what was loaded is spared, and how often all was searched."""
COMMAND = f"import atexit, gc; from edge.cli.main import run; atexit.register(lambda: {SAID}); run()"
WORKER = f"""
import gc, pickle, sys
later = pickle.load(sys.stdin.buffer)
print("edge.compose.ground" in sys.modules)
print(len(later()), "edge.compose.ground" in sys.modules)
{SAID}
"""


def said_by(code: str, *arguments: str, given: bytes = b"") -> list[str]:
    words = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(words, input=given, env=environment(), capture_output=True, timeout=DEADLINE, check=True)
    return done.stdout.decode().splitlines()


def test_a_command_is_loaded_unsearched() -> None:
    assert said_by(COMMAND, "version")[-1] == "True True 0"


def test_a_worker_loads_what_it_is_to_call_only_then_and_unsearched() -> None:
    given = pickle.dumps(Later.of(functools.partial(new_id)))
    assert said_by(WORKER, given=given) == ["False", "32 True", "True True 0"]
