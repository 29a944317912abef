"""The console's door: how sessions are signed, and a link that opens it once from the machine of the store."""

import secrets
import string
from collections.abc import Sequence
from contextlib import AsyncExitStack

from edge.compose.ground import lay_ground, new_id
from edge.compose.keys import session_keys
from edge.console.session import PATH, Sessions
from edge.manage import sign_in
from edge.manage.operation import Manage
from edge.model.instant import Clock, system_clock
from edge.model.token import EVERY_WORKSPACE, SCOPES, Principal
from edge.settings import Settings

LOCAL = Principal("command line", "local", EVERY_WORKSPACE, frozenset(SCOPES))
"""Whoever can read the data directory owns the instance."""
CONSOLE_SCOPES = ("workspace:read", "workspace:write", "cache:purge", "tokens:admin")


WRITE_KEY_LETTERS = string.ascii_letters + string.digits
"""Not all that a write key may have: one that begins with ``-`` is an option to every command that it is given to."""


def new_write_key() -> str:
    return "".join(secrets.choice(WRITE_KEY_LETTERS) for _ in range(32))


def sessions_of(settings: Settings, clock: Clock) -> Sessions:
    return Sessions(session_keys(settings), clock, lambda: secrets.token_urlsafe(24))


async def console_link(
    settings: Settings,
    base_url: str,
    *,
    seconds: int,
    workspace: str = EVERY_WORKSPACE,
    scopes: Sequence[str] = CONSOLE_SCOPES,
    clock: Clock = system_clock,
) -> str:
    """The address, on ``base_url``, that signs in to the console whoever opens it first; for the local store."""
    ground = lay_ground(settings, clock)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(ground.close)
        await ground.prepare()
        manage = Manage(ground.store, clock, new_id, new_write_key, _read_nothing, lambda _entry: None)
        waiting = await sign_in.offer(manage, LOCAL, workspace, scopes, seconds=seconds)
    # Behind the "#": browsers send it to nobody, so it stands in no log on the way.
    return f"{base_url}{PATH}/link#{sessions_of(settings, clock).link_code(waiting.id)}"


async def _read_nothing(_path: str, /) -> bytes | None:
    """Nothing is enabled here, so nothing has to be read back."""
    return None
