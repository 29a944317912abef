"""The shape of a definition's TOML file: which keys there are, of which type. What they mean together: ``checks``."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from edge.catalog.position import Path
from edge.model.definition import ConnectionMode, Directive, Method, SdkNeed, SettingType
from edge.model.source import Platform

Text = Annotated[str, Field(min_length=1)]


class _Table(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class SettingTable(_Table):
    """One ``[[settings]]`` table."""

    name: Text
    display_name: Text
    type: SettingType
    help: str = ""
    required: bool = False
    default: Any = None
    options: list[Text] = []
    pattern: str | None = None
    expose: Literal["device"] | None = None
    secret: bool = False
    deprecated: bool = False


class DefinitionTable(_Table):
    """A whole file."""

    slug: Text
    name: Text
    creation_name: Text
    description: Text
    website: Text
    category: Text
    additional_categories: list[Text] = []
    methods: Annotated[list[Method], Field(min_length=1)]
    hosts: list[Text] = []
    directives: dict[Directive, Annotated[list[Text], Field(min_length=1)]] = {}
    modes: dict[Platform, list[ConnectionMode]]
    sdk: dict[str, SdkNeed] = {}
    settings: list[SettingTable] = []


Broken = tuple[Path, str, str]
"""Path, rule, text."""

_TYPES = {
    "string_type": "a string",
    "bool_type": "true or false",
    "list_type": "an array",
    "dict_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
}
"""What pydantic's error types ask for, in TOML's words."""


def parse(document: dict[str, Any]) -> DefinitionTable | list[Broken]:
    """``document`` as a typed table, or everything that its shape gets wrong."""
    try:
        return DefinitionTable.model_validate(document)
    except ValidationError as error:
        return [_broken(detail) for detail in error.errors()]


def dotted(path: Path) -> str:
    """``settings[1].type`` for ``("settings", 1, "type")``."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")


def _broken(detail: ErrorDetails) -> Broken:
    kind, found = detail["type"], detail["input"]
    # Pydantic marks a wrong key of a table by a last step "[key]".
    path: Path = tuple(step for step in detail["loc"] if step != "[key]")
    where = dotted(path)
    if kind == "extra_forbidden":
        keys = SettingTable.model_fields if len(path) > 1 else DefinitionTable.model_fields
        return path, "unknown-key", f"{where} is not a key of a definition; allowed here: {', '.join(keys)}"
    if kind == "missing":
        owner = "setting" if len(path) > 1 else "definition"
        return path, "missing-key", f"{where} is missing; every {owner} needs it"
    if kind == "literal_error":
        return path, "unknown-value", f"{where} is {found!r}; allowed: {detail['ctx']['expected']}"
    if kind in ("string_too_short", "too_short"):
        return path, "empty-value", f"{where} is empty; leave it out or give it a value"
    return path, "wrong-type", f"{where} must be {_TYPES.get(kind, detail['msg'])}, not {toml_type(found)}"


def toml_type(value: Any) -> str:
    """What TOML calls the type of ``value``."""
    names = {bool: "a boolean", str: "a string", int: "an integer", float: "a float", list: "an array", dict: "a table"}
    return names.get(type(value), "a date or time")
