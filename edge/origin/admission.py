"""Who may make origin calls: the bearer of an instance token with the scope ``origin:read``.

A token's row is read from the store, since deleting it revokes the token; but not for each call of many: it is read
again only when this node has applied an entry without tags, because a revocation is one.
"""

from collections.abc import Awaitable, Callable

from sqlalchemy.exc import SQLAlchemyError

from edge.cache.flight import Flights
from edge.journal.lease import Proof
from edge.journal.untagged import Untagged
from edge.manage.problem import ProblemError
from edge.manage.tokens import REFUSED
from edge.model.instant import Clock
from edge.model.token import EVERY_WORKSPACE, Principal

NEEDED = (
    "origin calls need an instance token with the scope origin:read: "
    'make one on a control node with `edgewise token create --instance --scope "origin:read"`'
)
MOST = 256
"""Tokens remembered; a fleet has a handful."""

Verify = Callable[[str], Awaitable[Principal]]


class Admission:
    """``authenticate`` reads the token's row; ``check`` only its signature and its end. Both raise ProblemError."""

    def __init__(
        self,
        authenticate: Verify,
        check: Callable[[str], object],
        *,
        untagged: Untagged,
        proof: Proof,
        clock: Clock,
        lease: float,
    ) -> None:
        self._authenticate = authenticate
        self._check = check
        self._untagged = untagged
        self._proof = proof
        self._clock = clock
        self._lease = lease
        self._seen: dict[str, tuple[Principal, int]] = {}
        self._flights: Flights[str, Principal] = Flights(self._verify)

    async def admit(self, authorization: str) -> Principal:
        """Raises ProblemError: 401 for what is no token here, 403 for one that may not. Else what the store raises."""
        scheme, _, token = authorization.partition(" ")
        token = token.strip()
        if scheme.lower() != "bearer" or not token or len(token) > 8192:
            raise ProblemError("unauthenticated", REFUSED)
        self._check(token)
        principal = self._remembered(token) or await self._read(token)
        if principal.workspace != EVERY_WORKSPACE or not principal.may("origin:read"):
            raise ProblemError("forbidden", NEEDED)
        return principal

    async def close(self) -> None:
        await self._flights.close()

    def _remembered(self, token: str) -> Principal | None:
        """Only while this node has applied no entry that could have revoked it, and would know of one."""
        principal, count = self._seen.get(token, (None, -1))
        if count != self._untagged.count or self._proof.fenced(self._clock(), self._lease):
            return None
        return principal

    async def _read(self, token: str) -> Principal:
        try:
            return await self._flights.join(token)[0].result()
        except (SQLAlchemyError, OSError):
            # What was let in before is let in while the store cannot be asked: what it may have without the store is
            # last known good, which is public anyway; the journal and the roster are refused by the store itself.
            principal, _ = self._seen.get(token, (None, -1))
            if principal is None:
                raise
            return principal

    async def _verify(self, token: str) -> Principal:
        count = self._untagged.count
        try:
            principal = await self._authenticate(token)
        except ProblemError:
            self._seen.pop(token, None)
            raise
        if len(self._seen) >= MOST:
            self._seen.pop(next(iter(self._seen)))
        self._seen[token] = (principal, count)
        return principal
