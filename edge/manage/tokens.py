"""Access tokens: JWTs (RFC 7519) signed with HS256, each with a row that can revoke it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jwt

from edge.manage.operation import Manage, commit, put, require
from edge.manage.problem import ProblemError, invalid, not_found
from edge.model.token import EVERY_WORKSPACE, SCOPES, AccessToken, Principal
from edge.store.lookup import Page
from edge.store.store import Draft
from edge.store.view import View

ISSUER = "edgewise"
AUDIENCE = "edgewise-config-api"
ALGORITHM = "HS256"
DEFAULT_SECONDS = 90 * 86_400
LONGEST_SECONDS = 3_650 * 86_400
MAX_DESCRIPTION = 200
MOST = 256
"""Tokens whose claims are remembered; a fleet and its admins have a handful."""
INSTANCE_HERE = "workspace_names: an instance token is made on the edge itself: `edgewise token create --instance`"
# One text for every reason: which part of a token is wrong is nobody's business who cannot make one.
REFUSED = "this token is not valid here: make one with `edgewise token create` and send it as Authorization: Bearer"

ALIASES: dict[str, tuple[str, ...]] = {"workspace": ("workspace:read", "workspace:write")}
"""Scopes of Segment's Config API, and what they mean here."""


@dataclass(frozen=True, slots=True)
class Issued:
    """A new token; ``jwt`` is answered once and kept nowhere."""

    token: AccessToken
    jwt: str
    position: int


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who a token speaks for, and until when (Unix seconds)."""

    principal: Principal
    expires_at: float


def expand_scopes(asked: Sequence[str]) -> tuple[str, ...]:
    """Scopes in the order of SCOPES, aliases replaced; refuses unknown ones and none at all."""
    wanted = {scope for name in asked for scope in ALIASES.get(name, (name,))}
    unknown = sorted(wanted - set(SCOPES))
    if unknown or not wanted:
        named = f"{unknown[0][:60]!r} is no scope" if unknown else "a token needs at least one"
        raise invalid(f"scopes: {named}; allowed: {', '.join([*SCOPES, *ALIASES])}")
    return tuple(scope for scope in SCOPES if scope in wanted)


class Tokens:
    """Issues and verifies. ``keys`` maps ``kid`` to secret, the signing one first; rotation adds one before it."""

    def __init__(self, manage: Manage, keys: Mapping[str, str]) -> None:
        self._manage = manage
        self._keys = dict(keys)
        self._claims: dict[str, dict[str, Any]] = {}

    async def principal(self, token: str) -> Principal:
        """Who bears ``token``. Raises ProblemError("unauthenticated") for whatever is wrong with it."""
        claims = self.check(token)
        async with self._manage.store.view() as view:
            stored = await view.token(claims["jti"])
        # The row decides, not the claims: deleting it revokes the token at once, on every node.
        if stored is None or stored.workspace != claims["workspace"]:
            raise ProblemError("unauthenticated", REFUSED)
        return principal_of(stored)

    async def bearer(self, token_id: str) -> Bearer | None:
        """Who the token of this id speaks for now; ``None`` once it has ended or was revoked."""
        async with self._manage.store.view() as view:
            stored = await view.token(token_id)
        if stored is None or not stored.expires_at > self._manage.clock().wall:
            return None
        return Bearer(principal_of(stored), stored.expires_at)

    def check(self, token: str) -> dict[str, Any]:
        """The claims of a token that was made here and has not ended; whether it was revoked, only its row tells."""
        try:
            claims = self._claims.get(token) or self._verified(token)
            # By our clock, each time: what was signed once stays signed, but it ends.
            expired = not int(claims["exp"]) > self._manage.clock().wall
        except (jwt.PyJWTError, KeyError, TypeError, ValueError):
            raise ProblemError("unauthenticated", REFUSED) from None
        if expired or not isinstance(claims["jti"], str):
            raise ProblemError("unauthenticated", REFUSED)
        return claims

    def _verified(self, token: str) -> dict[str, Any]:
        """Of every origin call and every write: half a millisecond that needs not be spent twice on one token.

        Raises PyJWTError, KeyError or ValueError.
        """
        secret = self._keys[jwt.get_unverified_header(token)["kid"]]
        claims: dict[str, Any] = jwt.decode(
            token,
            secret,
            algorithms=[ALGORITHM],
            issuer=ISSUER,
            audience=AUDIENCE,
            options={
                "require": ["iss", "aud", "sub", "jti", "iat", "exp", "workspace", "scope"],
                # By our clock, not the library's. A token made a moment ago on a host whose clock is ahead of ours is
                # no forgery, so that it was issued "later" is no reason to refuse it.
                "verify_exp": False,
                "verify_iat": False,
                "verify_nbf": False,
            },
        )
        if len(self._claims) >= MOST:
            self._claims.pop(next(iter(self._claims)))
        self._claims[token] = claims
        return claims

    async def issue(
        self,
        principal: Principal,
        workspace: str,
        scopes: Sequence[str],
        *,
        description: str = "",
        seconds: int = DEFAULT_SECONDS,
    ) -> Issued:
        """A token of one workspace that the caller sees, with no scope that the caller lacks."""
        if workspace == EVERY_WORKSPACE:
            raise ProblemError("forbidden", INSTANCE_HERE)
        return await self._issue(principal, workspace, scopes, description, seconds)

    async def issue_instance(
        self, principal: Principal, scopes: Sequence[str], *, description: str = "", seconds: int = DEFAULT_SECONDS
    ) -> Issued:
        """A token for every workspace. For the command line on the edge itself: nothing that listens calls this."""
        if principal.workspace != EVERY_WORKSPACE:
            raise ProblemError("forbidden", INSTANCE_HERE)
        return await self._issue(principal, EVERY_WORKSPACE, scopes, description, seconds)

    async def _issue(
        self, principal: Principal, workspace: str, scopes: Sequence[str], description: str, seconds: int
    ) -> Issued:
        token = new_token(self._manage, principal, workspace, scopes, description=description, seconds=seconds)

        async def plan(view: View) -> Draft:
            await check_workspace(view, principal, workspace)
            return put(token, reason=f"issue {token.name}")

        position, _ = await commit(self._manage, principal, plan)
        return Issued(token, self._sign(token), position)

    def _sign(self, token: AccessToken) -> str:
        kid, secret = next(iter(self._keys.items()))
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": token.subject,
            "jti": token.id,
            "iat": int(token.created_at),
            "exp": int(token.expires_at),
            "workspace": token.workspace,
            "scope": " ".join(token.scopes),
        }
        return jwt.encode(claims, secret, algorithm=ALGORITHM, headers={"kid": kid})

    async def listed(self, principal: Principal, page: Page) -> list[AccessToken]:
        require(principal, "tokens:admin")
        async with self._manage.store.view() as view:
            if principal.workspace != EVERY_WORKSPACE:
                return [stored.document for stored in await view.listed("token", principal.workspace, page)]
            return [stored.document for stored in await view.listed_anywhere("token", page)]

    async def show(self, principal: Principal, token_id: str) -> AccessToken:
        require(principal, "tokens:admin")
        async with self._manage.store.view() as view:
            return await _seen(view, principal, token_id)

    async def revoke(self, principal: Principal, token_id: str) -> int:
        """End a token at once; the position of the change."""
        require(principal, "tokens:admin")

        async def plan(view: View) -> Draft:
            token = await _seen(view, principal, token_id)
            return Draft(deletes=(token,), reason=f"revoke {token.name}")

        position, _ = await commit(self._manage, principal, plan)
        return position


def principal_of(token: AccessToken) -> Principal:
    return Principal(token.subject, token.id, token.workspace, frozenset(token.scopes))


def new_token(
    manage: Manage, principal: Principal, workspace: str, scopes: Sequence[str], *, description: str, seconds: int
) -> AccessToken:
    """What the store keeps of a token that ``principal`` makes: with no scope that it lacks, and for a time allowed."""
    require(principal, "tokens:admin")
    granted = expand_scopes(scopes)
    lacking = [scope for scope in granted if scope not in principal.scopes]
    if lacking:
        raise ProblemError("forbidden", f"scopes: this token lacks {', '.join(lacking)}, so it cannot give it")
    if not 60 <= seconds <= LONGEST_SECONDS:
        raise invalid("expires: allowed are 1 minute to 10 years")
    if len(description) > MAX_DESCRIPTION:
        raise invalid(f"description: {len(description)} characters; at most {MAX_DESCRIPTION} are allowed")
    now, token_id = manage.clock().wall, manage.new_id()
    # The whole id: what a token did is shown to its bearer, so no two may share a subject.
    return AccessToken(token_id, workspace, description, granted, f"token:{token_id}", now, now + seconds)


async def check_workspace(view: View, principal: Principal, workspace: str) -> None:
    """Raises ProblemError where a token's workspace is none that ``principal`` sees; every one of them may be meant."""
    if workspace == EVERY_WORKSPACE:
        return
    if not principal.sees(workspace) or await view.workspace(workspace) is None:
        raise not_found(f"workspaces/{workspace}")


async def _seen(view: View, principal: Principal, token_id: str) -> AccessToken:
    token = await view.token(token_id)
    if token is None or not principal.sees(token.workspace):
        raise not_found(f"access-tokens/{token_id}")
    return token
