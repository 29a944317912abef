"""The short way to name a resource: ``acme``, ``acme/site``, ``acme/site/amplitude``; full names work too."""

import re
from dataclasses import dataclass

from edge.cli.errors import USAGE, CliError
from edge.manage.names import SLUG_RULE
from edge.model.source import SLUG, WRITE_KEY

COLLECTIONS = ("workspaces", "sources", "destinations", "filters")
EXAMPLES = ("acme", "acme/site", "acme/site/amplitude", "acme/site/amplitude/df_0123abcd")

_TOKEN_ID = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")
KINDS = ("workspace", "source", "destination", "filter")


@dataclass(frozen=True, slots=True)
class Name:
    """Slugs from the workspace down; as many as the resource is deep."""

    slugs: tuple[str, ...]

    @property
    def slug(self) -> str:
        return self.slugs[-1]

    @property
    def parent(self) -> "Name":
        return Name(self.slugs[:-1])

    @property
    def full(self) -> str:
        """As the Config API writes it: ``workspaces/acme/sources/site``."""
        return "/".join(f"{kind}/{slug}" for kind, slug in zip(COLLECTIONS, self.slugs, strict=False))

    @property
    def short(self) -> str:
        return "/".join(self.slugs)

    @property
    def path(self) -> str:
        """The resource's path in the Config API."""
        return f"/{self.full}"


def parse(text: str, depth: int) -> Name:
    """The name of a resource ``depth`` levels deep (1: workspace). Raises CliError with an example."""
    parts = text.strip("/").split("/")
    if parts[0] == COLLECTIONS[0] and len(parts) == 2 * depth and tuple(parts[0::2]) == COLLECTIONS[:depth]:
        parts = parts[1::2]
    if len(parts) != depth or not all(parts):
        kind, example = KINDS[depth - 1], EXAMPLES[depth - 1]
        raise CliError(f'"{text}" does not name a {kind}', f"Write it as {example}.", USAGE)
    slugs, ids = parts[:3], parts[3:]
    return Name((*(checked_slug(part) for part in slugs), *(checked_filter_id(part) for part in ids)))


def checked_slug(text: str) -> str:
    """``text``, which becomes one part of a path: what is no slug must not reach beyond its place."""
    return _checked(text, SLUG, "slug", SLUG_RULE)


def checked_key(text: str) -> str:
    return _checked(text, WRITE_KEY, "write key", "8 to 64 characters: A-Z, a-z, 0-9, _ and -")


def checked_filter_id(text: str) -> str:
    return _checked(text, _TOKEN_ID, "filter id", "the ids that `edgewise filter list` shows")


def checked_token_id(text: str) -> str:
    rule = "the ids that `edgewise token list` shows"
    return _checked(text.removeprefix("access-tokens/"), _TOKEN_ID, "token id", rule)


def _checked(text: str, pattern: re.Pattern[str], kind: str, rule: str) -> str:
    if pattern.match(text) is None:
        raise CliError(f'"{text}" is no {kind}', f"Allowed are {rule}.", USAGE)
    return text


def short(full: str) -> str:
    """``acme/site`` of ``workspaces/acme/sources/site``; anything else as it is."""
    parts = full.split("/")
    depth = len(parts) // 2
    if len(parts) == 2 * depth and tuple(parts[0::2]) == COLLECTIONS[:depth]:
        return "/".join(parts[1::2])
    return full
