"""A destination on its own: the directory that `edgewise destination new` makes, and somebody else may bring.

::

    acme/acme.toml       the definition, in the catalog's format
    acme/acme.js         its browser code: sets one global to a plugin factory
    acme/bundle.json     {"libraryName": "acmeDestination"}

A definition without device mode on the web has the first file only.
"""

import re
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

from edge.catalog.bundles import JAVASCRIPT
from edge.catalog.errors import CatalogError, Problem
from edge.catalog.reader import read_definition, read_text
from edge.model.asset import Asset, content_hash, integrity_of
from edge.model.definition import Bundle, Definition

NAMES = "bundle.json"
LARGEST = 768 * 1024
"""Bytes of a bundle: a page loads it before its first event, and a request that brings it has an end."""
LIBRARY_NAME = r"[A-Za-z_$][A-Za-z0-9_$]{0,63}"
_FORBIDDEN = ("</script", "<!--")


@dataclass(frozen=True, slots=True)
class Package:
    """``text`` is the TOML; ``code`` and ``library_name`` are empty without browser code."""

    slug: str
    text: str
    library_name: str
    code: str

    def read(self) -> tuple[Definition, Asset | None]:
        """The definition, and the file that its bundle names. Raises CatalogError with everything that is wrong."""
        origin = f"{self.slug}.toml"
        definition = read_definition(self.text, origin)
        on_pages = "device" in definition.supported("web")
        if not on_pages and not self.code:
            return definition, None
        if not on_pages:
            text = f'{self.slug}.js cannot be used: {origin} has no "device" in modes.web; add it or remove the code'
            raise CatalogError([Problem(origin, 0, "package", text)])
        problems = list(_misfits(self))
        if problems:
            raise CatalogError(Problem(f"{self.slug}.js", 0, "package", text) for text in problems)
        body = self.code.encode()
        asset = Asset(content_hash(body), integrity_of(body), JAVASCRIPT, body)
        return replace(definition, bundle=Bundle(asset.hash, self.library_name, asset.integrity)), asset


class _Names(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", alias_generator=to_camel)

    library_name: str


def read_package(directory: Path) -> Package:
    """What lies in ``directory``; ``CatalogError`` names each file that is missing or cannot be read."""
    found = sorted(directory.glob("*.toml"))
    if len(found) != 1:
        names = ", ".join(path.name for path in found) or "none"
        text = f"exactly one definition <slug>.toml is needed here; there is: {names}"
        raise CatalogError([Problem(str(directory), 0, "package", text)])
    slug = found[0].stem
    script, names_file = directory / f"{slug}.js", directory / NAMES
    if not script.is_file():
        return Package(slug, read_text(found[0]), "", "")
    return Package(slug, read_text(found[0]), _library_name(names_file), read_text(script))


def _library_name(path: Path) -> str:
    try:
        return _Names.model_validate_json(read_text(path)).library_name
    except ValidationError as error:
        text = f'must be {{"libraryName": "..."}} with the name of the global that the code sets: {_first(error)}'
        raise CatalogError([Problem(str(path), 0, "package", text)]) from error


def _first(error: ValidationError) -> str:
    detail = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(step) for step in detail["loc"])
    return f"{where}: {detail['msg']}" if where else str(detail["msg"])


def _misfits(package: Package) -> list[str]:
    problems: list[str] = []
    if not package.code.strip():
        problems.append("there is no browser code, and the definition has device mode on the web; add the code")
    if re.fullmatch(LIBRARY_NAME, package.library_name) is None:
        problems.append(f"{package.library_name[:80]!r} cannot be a global's name; allowed: letters, digits, _ and $")
    size = len(package.code.encode())
    if size > LARGEST:
        problems.append(f"{size} bytes; at most {LARGEST} are allowed. Minify it, or leave the vendor's code out")
    for text in _FORBIDDEN:
        if text in package.code.lower():
            problems.append(f'contains "{text}", which ends or breaks a script element; write it in two pieces')
    return problems
