"""Entry point of ``edgewise``: loads the tree of commands and runs the one that is asked for."""

from importlib import import_module

from edge.cli.loading import unsearched


def run() -> None:
    """Errors end in ``Guarded`` as words and an exit code."""
    with unsearched():
        app = import_module("edge.cli.tree").app
    app(prog_name="edgewise")
