"""Commands run in this process, with an environment of their own."""

import json
import logging
import os
import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import structlog
from typer.main import get_command
from typer.testing import CliRunner, Result

from edge.cli.tree import app

COMMANDS = get_command(app)
"""The tree as it is run. ``CliRunner.invoke`` would make it anew for each command, which takes longer than most."""


@dataclass(frozen=True, slots=True)
class Shell:
    """``env`` are the EDGE_* variables that a command finds; those of this process it does not."""

    env: Mapping[str, str]

    def run(self, *arguments: str, stdin: str | None = None) -> Result:
        """One command. What it did not catch itself is raised here: no command ends in a traceback."""
        hidden = {name: None for name in os.environ if name.startswith("EDGE_")}
        unstyled = {"FORCE_COLOR": None, "GITHUB_ACTIONS": None, "COLUMNS": None, "TERM": "dumb"}
        return ended(arguments, stdin, {**hidden, **unstyled, **self.env})

    def line(self, command: str) -> Result:
        """One command as it is typed, ``edgewise`` first."""
        name, *arguments = shlex.split(command)
        assert name == "edgewise"
        return self.run(*arguments)

    def ok(self, *arguments: str, stdin: str | None = None) -> str:
        """Standard output of a command that succeeds."""
        result = self.run(*arguments, stdin=stdin)
        assert result.exit_code == 0, result.output
        return result.stdout

    def apart(self, *arguments: str) -> str:
        """``ok`` in a thread of its own, where something else (Playwright) holds the event loop of this one."""
        with logging_as_before(), ThreadPoolExecutor(1) as thread:
            return thread.submit(self.ok, *arguments).result()

    def json(self, *arguments: str, stdin: str | None = None) -> Any:
        """The document of a command that succeeds: the whole of its standard output."""
        return json.loads(self.ok(*arguments, "--json", stdin=stdin))

    def refused(self, *arguments: str, code: int = 1, stdin: str | None = None) -> str:
        """Standard error of a command that fails; nothing is on standard output."""
        result = self.run(*arguments, stdin=stdin)
        assert result.exit_code == code, result.output
        assert result.stdout == ""
        assert "Traceback" not in result.stderr
        return result.stderr


@contextmanager
def logging_as_before() -> Iterator[None]:
    """A command sets up logging for its whole process, which here is not its own."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def ended(arguments: Sequence[str], stdin: str | None, env: Mapping[str, str | None]) -> Result:
    """What a command came to, in an environment with these changes (``None``: without that variable)."""
    runner, code = CliRunner(), 0
    with runner.isolation(stdin, env) as streams:
        try:
            COMMANDS.main(list(arguments), prog_name="edgewise")
        except SystemExit as end:
            code = int(end.code or 0)
        sys.stdout.flush()
        sys.stderr.flush()
        stdout, stderr, output = (stream.getvalue() for stream in streams)
    return Result(runner, stdout, stderr, output, None, code, None)
