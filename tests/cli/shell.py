"""Commands run in this process, with an environment of their own."""

import json
import os
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from typer.testing import CliRunner, Result

from edge.cli.tree import app


@dataclass(frozen=True, slots=True)
class Shell:
    """``env`` are the EDGE_* variables that a command finds; those of this process it does not."""

    env: Mapping[str, str]

    def run(self, *arguments: str, stdin: str | None = None) -> Result:
        """One command. What it did not catch itself is raised here: no command ends in a traceback."""
        hidden = {name: None for name in os.environ if name.startswith("EDGE_")}
        unstyled = {"FORCE_COLOR": None, "GITHUB_ACTIONS": None, "COLUMNS": None, "TERM": "dumb"}
        result = CliRunner().invoke(app, list(arguments), input=stdin, env={**hidden, **unstyled, **self.env})
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

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
