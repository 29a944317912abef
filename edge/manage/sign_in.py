"""Signing in once, without a token to paste: a row that waits is taken by whoever comes first, and becomes a session's.

waiting ──taken, in one commit──► the session's own token ──signed out──► gone
   └── nobody came in time, or somebody came first: refused
"""

from collections.abc import Sequence
from dataclasses import replace

from edge.manage.operation import Manage, commit, put
from edge.manage.problem import ProblemError
from edge.manage.tokens import Bearer, check_workspace, new_token, principal_of
from edge.model.token import AccessToken, Principal
from edge.store.store import Draft
from edge.store.view import View

WAITING, TAKEN = "console sign-in link, not used yet", "console session"
SPENT = "this sign-in link was used already, or its time is over: make another with `edgewise console link`"


async def offer(
    manage: Manage, principal: Principal, workspace: str, scopes: Sequence[str], *, seconds: int
) -> AccessToken:
    """A row to be taken once within ``seconds``. Nobody has its token: none is ever signed for it."""
    token = new_token(manage, principal, workspace, scopes, description=WAITING, seconds=seconds)

    async def plan(view: View) -> Draft:
        await check_workspace(view, principal, workspace)
        return put(token, reason=f"offer {token.name}")

    await commit(manage, principal, plan)
    return token


async def take(manage: Manage, token_id: str, *, seconds: int) -> Bearer:
    """Replace the waiting row by one for a session of at most ``seconds``. Of two that come at once, one is refused:
    the second reads what the first has committed."""
    now, new_id = manage.clock().wall, manage.new_id()
    taker = Principal(f"token:{new_id}", token_id, "", frozenset())
    result: list[AccessToken] = []

    async def plan(view: View) -> Draft:
        waiting = await view.token(token_id)
        if waiting is None or waiting.description != WAITING or not waiting.expires_at > now:
            raise ProblemError("unauthenticated", SPENT)
        own = replace(
            waiting, id=new_id, description=TAKEN, subject=taker.subject, created_at=now, expires_at=now + seconds
        )
        result.append(own)
        return Draft(puts=(own,), deletes=(waiting,), reason=f"sign in with {waiting.name}")

    await commit(manage, taker, plan)
    return Bearer(principal_of(result[-1]), result[-1].expires_at)


async def end(manage: Manage, principal: Principal) -> None:
    """Delete the session's own token, so that no copy of its cookie is good for anything. A person's token stays."""

    async def plan(view: View) -> Draft:
        own = await view.token(principal.token_id)
        gone = (own,) if own is not None and own.description == TAKEN else ()
        return Draft(deletes=gone, reason=f"sign out {principal.token_id}")

    await commit(manage, principal, plan)
