"""What whoever stands before the operations works with: Config API, console, demo; made by the composition root."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from edge.journal.receipts import Receipts
from edge.manage.distribution import Reached
from edge.manage.operation import Manage
from edge.manage.tokens import Tokens
from edge.model.token import Principal
from edge.observe.fleet import Fleet
from edge.observe.probe import Probe
from edge.publish.pieces import Pieces
from edge.publish.snippet import Snippets
from edge.publish.wire import Origin

OWN_NODE_SECONDS = 1.0
"""How long a write waits for this process to have applied it, so that the writer's next request sees it."""


@dataclass(frozen=True, slots=True)
class Deps:
    """``authenticate`` says whose a token is; ``reached`` waits until this process has applied a position."""

    manage: Manage
    tokens: Tokens
    authenticate: Callable[[str], Awaitable[Principal]]
    receipts: Receipts
    fleet: Fleet
    probe: Probe
    reached: Reached
    origin: Origin
    snippets: Snippets
    pieces: Pieces
    version: str
    requests_per_minute: int
    local: bool = False
    """Whether this is the command line's own way to a local store, which alone makes instance tokens."""
