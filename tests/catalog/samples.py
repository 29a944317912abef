"""A small valid definition, and the means to break it in one place."""

import tomllib

import pytest

from edge.catalog.errors import CatalogError, Problem
from edge.catalog.reader import read_definition

HEAD = """\
slug = "tool"
name = "Tool"
creation_name = "Tool"
description = "Does something."
website = "https://tool.example"
category = "Analytics"
methods = ["track"]

[modes]
web = ["device", "cloud"]
"""

SETTING = """
[[settings]]
name = "apiKey"
display_name = "API key"
type = "string"
"""


def definition(*, head: str = HEAD, settings: str = SETTING, drop: str = "", **lines: str) -> str:
    """``HEAD`` and ``settings``; ``lines`` replaces or adds top-level keys, ``drop`` leaves one out."""
    kept = [line for line in head.splitlines() if line.split(" = ")[0] not in {*lines, drop}]
    added = [f"{key} = {value}" for key, value in lines.items()]
    return "\n".join([*added, *kept, settings])


def setting(text: str) -> str:
    """A definition whose one setting has the further lines ``text``, which win over those of ``SETTING``."""
    own = tomllib.loads(text)
    kept = [line for line in SETTING.splitlines() if line.split(" = ")[0] not in own]
    return definition(settings="\n".join([*kept, text]))


def problems_of(text: str, origin: str = "catalog/tool.toml") -> list[Problem]:
    with pytest.raises(CatalogError) as caught:
        read_definition(text, origin)
    return list(caught.value.problems)


def line_of(text: str, part: str) -> int:
    return next(number for number, line in enumerate(text.split("\n"), 1) if part in line)
