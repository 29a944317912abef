"""What a fleet is made of, and the settings that each of its nodes gets."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Role = Literal["all", "control", "edge"]
HOST_ALONE = "host-{}"
HOST_BEHIND = "host-nginx"


@dataclass(frozen=True, slots=True)
class Plan:
    """By default the whole: PostgreSQL, Redis, one control node, three edge nodes of which two are behind one nginx.

    ``split`` off makes every node ``all``, on the same store. ``settings`` are EDGE_ variables of every node.
    ``durable`` lets the store flush to disk at each commit, which only a measurement wants.
    """

    store: Literal["postgres", "sqlite"] = "postgres"
    split: bool = True
    redis: bool = True
    behind: int = 2
    alone: int = 1
    sources: int = 24
    settings: Mapping[str, str] = field(default_factory=dict)
    durable: bool = False

    def __post_init__(self) -> None:
        if self.split and self.store == "sqlite":
            raise ValueError("a control node and edge nodes have no SQLite file in common: split needs PostgreSQL")


# What runs on one machine with nothing installed: worker processes on one SQLite file.
SMALL = Plan(store="sqlite", split=False, redis=False, behind=0, alone=3)


def scaled(
    *, fresh: int, error: int, revalidate: int, browser: int, browser_revalidate: int, lease: float = 2.0
) -> dict[str, str]:
    """The budget's shares in seconds, small enough to wait for. The shared cache's share is as the browser's."""
    return {
        "EDGE_FRONT_FRESH": str(fresh),
        "EDGE_FRONT_ERROR": str(error),
        "EDGE_FRONT_REVALIDATE": str(revalidate),
        "EDGE_SHARED_MAX_AGE": str(browser),
        "EDGE_SHARED_REVALIDATE": str(browser_revalidate),
        "EDGE_BROWSER_MAX_AGE": str(browser),
        "EDGE_BROWSER_REVALIDATE": str(browser_revalidate),
        "EDGE_GUARD": "1",
        "EDGE_LEASE": f"{lease:g}",
    }


def common(plan: Plan, *, public_url: str, redis_url: str | None) -> dict[str, str]:
    """What every node has: the same public URL, or they would publish different bytes."""
    made = {"EDGE_PUBLIC_URL": public_url, **plan.settings}
    if redis_url is not None:
        made["EDGE_REDIS_URL"] = redis_url
    return made


def store_settings(plan: Plan, directory: Path, database_url: str | None) -> dict[str, str]:
    """For nodes that have the store: a control node's, or everybody's."""
    made = {"EDGE_DATA_DIR": str(directory)}
    if database_url is not None:
        made["EDGE_DATABASE_URL"] = database_url
    if plan.split:
        made["EDGE_ROLE"] = "control"
    return made
