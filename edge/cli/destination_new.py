"""`edgewise destination new`."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from edge.catalog.skeleton import DEFINITIONS, INDEX, NAME, SCRIPT, NewDestination, checkout_files, package_files
from edge.cli.errors import USAGE, CliError
from edge.cli.names import checked_slug
from edge.cli.options import AsJson
from edge.cli.output import emit, remark, say


def new(
    slug: Annotated[str, typer.Argument(metavar="SLUG", help="As mail-tool: its name in addresses and commands.")],
    *,
    name: Annotated[str | None, typer.Option(help="Name for people; made of the slug where none is given.")] = None,
    script: Annotated[str, typer.Option(metavar="URL", help="The address of the vendor's script.")],
    into: Annotated[
        Path | None, typer.Option(metavar="DIR", help="A new directory; in a checkout of Edgewise, its own places.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write the first files of a destination that is not in the catalog.

    They work as they are, with a vendor whose script takes calls of one
    function: change them to what the vendor documents.
    """
    checked = checked_slug(slug)
    chosen = name if name is not None else checked.replace("-", " ").replace("_", " ").title()
    if NAME.match(chosen) is None:
        raise CliError(
            f'--name "{chosen}" cannot be used', "Letters, digits, blanks and . ( ) & + _ -, at most 64.", USAGE
        )
    if SCRIPT.match(script) is None:
        raise CliError(
            f'--script "{script}" is no address', "As https://cdn.tool.example/tool.js, without a query.", USAGE
        )
    wanted = NewDestination(checked, chosen, script)
    here = into is None and INDEX.is_file() and DEFINITIONS.is_dir()
    base = Path() if here else into or Path(checked)
    files = checkout_files(wanted, INDEX.read_bytes()) if here else package_files(wanted)
    _write(base, files, replacing=(INDEX,) if here else ())
    if as_json:
        emit({"slug": checked, "files": [str(base / path) for path in files]})
        return
    for path in files:
        say(str(base / path))
    if here:
        remark("Next: docs/writing-a-destination.md, then npm run build in loader")
    else:
        remark(f"Next: edgewise bundle check {base} --set account=a1 --stub {base / 'stub.js'}")


def _write(base: Path, files: Mapping[Path, str], replacing: tuple[Path, ...]) -> None:
    """All or nothing: what is there already is somebody's work."""
    there = [str(base / path) for path in files if path not in replacing and (base / path).exists()]
    if there:
        raise CliError(f"{there[0]} is there already", "Choose another slug, or another directory with --into.")
    try:
        for path, text in files.items():
            (base / path).parent.mkdir(parents=True, exist_ok=True)
            (base / path).write_text(text, encoding="utf-8")
    except OSError as error:
        raise CliError(
            f"{error.filename} cannot be written: {error.strerror}", "Choose a directory with --into."
        ) from error
