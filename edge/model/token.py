"""Access tokens: who may do what."""

from dataclasses import dataclass
from typing import Literal

Scope = Literal["workspace:read", "workspace:write", "cache:purge", "tokens:admin", "distribution:read", "origin:read"]
SCOPES: tuple[Scope, ...] = (
    "workspace:read",
    "workspace:write",
    "cache:purge",
    "tokens:admin",
    "distribution:read",
    "origin:read",
)
EVERY_WORKSPACE = "*"


@dataclass(frozen=True, slots=True)
class AccessToken:
    """What the store keeps of an issued token: everything but the token itself. ``id`` is the JWT's ``jti``."""

    id: str
    workspace: str
    description: str
    scopes: tuple[str, ...]
    subject: str
    created_at: float
    expires_at: float

    @property
    def name(self) -> str:
        return f"access-tokens/{self.id}"


@dataclass(frozen=True, slots=True)
class Principal:
    """The bearer of a verified token. ``workspace`` is a slug, or ``*`` for an instance token."""

    subject: str
    token_id: str
    workspace: str
    scopes: frozenset[str]

    def may(self, scope: Scope) -> bool:
        return scope in self.scopes

    def sees(self, workspace: str) -> bool:
        return self.workspace in (EVERY_WORKSPACE, workspace)
