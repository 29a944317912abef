"""Tags: the names under which cached copies are purged (DESIGN section 2)."""

import re

ALL = "all"
LOADER = "loader"

_TAG = re.compile(r"(?:all|loader|(?:source|key|workspace|definition):[A-Za-z0-9_-]{1,64})\Z")

INSTANCE_ONLY = ("definition:", LOADER, ALL)
"""Tags that reach beyond one workspace: a workspace's token may not purge them (DESIGN section 7)."""


def source_tag(source_id: str) -> str:
    return f"source:{source_id}"


def key_tag(write_key: str) -> str:
    return f"key:{write_key}"


def workspace_tag(slug: str) -> str:
    return f"workspace:{slug}"


def definition_tag(slug: str) -> str:
    return f"definition:{slug}"


def is_tag(text: str) -> bool:
    """Whether ``text`` is spelled like a tag; says nothing about whether what it names exists."""
    return _TAG.match(text) is not None
