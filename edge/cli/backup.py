"""`edgewise backup` and `edgewise restore`: the store as one file, while the edge runs.

A restore is prepared beside the store and then put in its place in one transaction, with a new epoch in it: no node
sees the old content under the new epoch, nor the new content under the old one (DESIGN section 4.2).
"""

import asyncio
import secrets
from pathlib import Path
from typing import Annotated

import typer
from pydantic import SecretStr

from edge.cli.epoch import renew
from edge.cli.errors import CliError
from edge.cli.options import AsJson, Yes, confirm, place_of
from edge.cli.output import emit, remark, say
from edge.cli.standing import needs_store
from edge.model.position import AsOf
from edge.settings import Settings
from edge.store.address import SqliteFile, read_address
from edge.store.backup import BackupError, copy_into, copy_out, verify


def backup(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="The file to write; one that exists is replaced.")],
    as_json: AsJson = False,
) -> None:
    """Copy the local store to a file, consistent while the edge runs.

    Credentials in it stay sealed: keep secret.keys and token.keys of the data directory as well, in another place.
    """
    place_of(ctx).local_only("backup")
    database = database_file(place_of(ctx).settings())
    try:
        copy_out(database, file)
    except BackupError as error:
        raise CliError(str(error), "Look at EDGE_DATA_DIR and at the path of the file.") from error
    answer = {"file": str(file), "bytes": file.stat().st_size}
    if as_json:
        emit(answer)
        return
    say(f"{file}: {answer['bytes']} bytes")
    remark(f"Keep the *.keys files of {database.parent} too, elsewhere: without them credentials stay sealed.")


def restore(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="A file that `edgewise backup` wrote.")],
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Replace the local store by a copy of it, while the edge runs; what was changed since is lost.

    A new epoch begins: every node drops what it holds and reads anew.
    """
    place_of(ctx).local_only("restore")
    settings = place_of(ctx).settings()
    database = database_file(settings)
    try:
        verify(file)
        confirm(f"Replace everything in {database} by {file}?", yes)
        as_of = put_in_place(settings, file, database)
    except BackupError as error:
        raise CliError(str(error), "Name a file that `edgewise backup` wrote.") from error
    if as_json:
        emit({"file": str(file), "epoch": as_of.epoch, "position": as_of.position})
        return
    say(f"{database} is {file} now, at position {as_of.position} of epoch {as_of.epoch}")
    remark("Running nodes notice by themselves and read everything anew.")


def database_file(settings: Settings) -> Path:
    """The SQLite file of the store. Raises CliError where the store is on a database server."""
    address = read_address(needs_store(settings).database())
    if isinstance(address, SqliteFile):
        return address.path
    raise CliError(
        "backup and restore copy SQLite files, and the store is on a PostgreSQL server",
        "Use its own tools, as pg_dump; after restoring with them run `edgewise new-epoch` (docs/postgresql.md).",
    )


def put_in_place(settings: Settings, file: Path, database: Path) -> AsOf:
    """Bring a draft of ``file`` up to this release under a new epoch, then copy it over the store."""
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = settings.data_dir / f".restore-{secrets.token_hex(8)}.db"
    try:
        copy_into(file, draft)
        draft.chmod(0o600)
        # No Redis: what is written to the draft is not in the store yet, and nobody must be told of it.
        apart = {"database_url": SecretStr(SqliteFile(draft).url()), "redis_url": None}
        as_of = asyncio.run(renew(settings.model_copy(update=apart)))
        copy_into(draft, database)
        return as_of
    finally:
        for path in settings.data_dir.glob(f"{draft.name}*"):
            path.unlink()
