"""From TOML files to definitions: a whole directory, or a ``CatalogError`` that names every problem in it."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

from edge.catalog.checks import check
from edge.catalog.errors import CatalogError, Problem
from edge.catalog.position import Positions
from edge.catalog.setting_checks import as_setting
from edge.catalog.shape import DefinitionTable, parse
from edge.model.definition import Definition

_LINE_OF_SYNTAX_ERROR = re.compile(r" \(at line (\d+), column \d+\)")


def read_definition(text: str, origin: str) -> Definition:
    """The definition in ``text``. ``origin`` is the path of its file: errors name it, and the slug must match it."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CatalogError([_syntax_problem(text, origin, str(error))]) from error
    table = parse(document)
    broken = list(check(table, origin)) if isinstance(table, DefinitionTable) else table
    if isinstance(table, DefinitionTable) and not broken:
        return _as_definition(table)
    positions = Positions(text)
    raise CatalogError(Problem(origin, positions.line(path), rule, what) for path, rule, what in broken)


def read_catalog(directory: Path) -> dict[str, Definition]:
    """Every ``*.toml`` directly in ``directory``, by slug. Problems of all files are reported together."""
    if not directory.is_dir():
        text = "there is no such directory; the definitions are in edge/catalog/definitions of the distribution"
        raise CatalogError([Problem(str(directory), 0, "no-directory", text)])
    definitions: dict[str, Definition] = {}
    problems: list[Problem] = []
    for path in sorted(directory.glob("*.toml")):
        try:
            definition = read_definition(read_text(path), str(path))
        except CatalogError as error:
            problems.extend(error.problems)
        else:
            definitions[definition.slug] = definition
    problems.extend(_shared_creation_names(directory, definitions.values()))
    if not definitions and not problems:
        problems.append(
            Problem(str(directory), 0, "no-definitions", "there is no <slug>.toml in it; at least one is needed")
        )
    if problems:
        raise CatalogError(problems)
    return definitions


def read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        text = f"the byte 0x{error.object[error.start]:02x} is not UTF-8; save the file in UTF-8"
        raise CatalogError([Problem(str(path), line, "toml-syntax", text)]) from error
    except OSError as error:
        text = f"cannot be read ({error.strerror}); make it a file that this process may read"
        raise CatalogError([Problem(str(path), 0, "unreadable", text)]) from error


def _shared_creation_names(directory: Path, definitions: Iterable[Definition]) -> Iterator[Problem]:
    owners: dict[str, str] = {}
    for definition in definitions:
        owner = owners.setdefault(definition.creation_name, definition.slug)
        if owner != definition.slug:
            path = directory / f"{definition.slug}.toml"
            line = Positions(read_text(path)).line(("creation_name",))
            text = f'creation_name "{definition.creation_name}" is that of {owner}.toml; each definition has its own'
            yield Problem(str(path), line, "creation-name-twice", text)


def _syntax_problem(text: str, origin: str, reason: str) -> Problem:
    place = _LINE_OF_SYNTAX_ERROR.search(reason)
    line = int(place[1]) if place else text.rstrip().count("\n") + 1
    return Problem(origin, line, "toml-syntax", f"{_LINE_OF_SYNTAX_ERROR.sub('', reason)}; the file must be TOML 1.0")


def _as_definition(table: DefinitionTable) -> Definition:
    return Definition(
        slug=table.slug,
        name=table.name,
        creation_name=table.creation_name,
        description=table.description,
        website=table.website,
        category=table.category,
        additional_categories=tuple(table.additional_categories),
        modes={platform: tuple(modes) for platform, modes in table.modes.items() if modes},
        settings=tuple(as_setting(setting) for setting in table.settings),
        methods=tuple(table.methods),
        hosts=tuple(table.hosts),
        directives={directive: tuple(sources) for directive, sources in table.directives.items()},
        sdk=dict(table.sdk),
    )
