"""Entry point of ``edgewise``: loads the tree of commands and runs the one that is asked for."""

import gc
from importlib import import_module


def run() -> None:
    """Errors end in ``Guarded`` as words and an exit code."""
    # Nothing that a module makes while it is loaded is garbage, and looking for some took a third of a start.
    gc.disable()
    app = import_module("edge.cli.tree").app
    gc.freeze()
    gc.enable()
    app(prog_name="edgewise")
