"""What each document is made with, in a column: to find the users of a definition, and to read a manifest in one go.

Revision ID: 0002
"""

from typing import Any

import orjson
import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

PAGE = 1000

documents = sa.table(
    "documents", sa.column("kind"), sa.column("id"), sa.column("body", sa.LargeBinary), sa.column("uses")
)


def upgrade() -> None:
    # With a default: processes of the version before may still be writing.
    op.add_column("documents", sa.Column("uses", sa.String(64), nullable=False, server_default=sa.text("''")))
    op.create_index("documents_uses", "documents", ["kind", "uses", "parent"])
    if op.get_bind().dialect.name == "postgresql":
        # In order of bytes, as in SQLite, whatever the database's language; and no new version of the system's
        # collations can spoil the indexes of names.
        for column in ("name", "parent"):
            op.execute(f'ALTER TABLE documents ALTER COLUMN {column} TYPE varchar(512) COLLATE "C"')
    for kind in ("definition", "destination", "client"):
        _fill(op.get_bind(), kind)


def _fill(connection: sa.Connection, kind: str) -> None:
    mine = documents.c.kind == kind
    filling = sa.update(documents).where(mine, documents.c.id == sa.bindparam("its")).values(uses=sa.bindparam("used"))
    after = ""
    while True:
        query = sa.select(documents.c.id, documents.c.body).where(mine, documents.c.id > after)
        page = connection.execute(query.order_by(documents.c.id).limit(PAGE)).all()
        if not page:
            return
        connection.execute(filling, [{"its": row.id, "used": _used(kind, orjson.loads(row.body))} for row in page])
        after = page[-1].id


def _used(kind: str, fields: dict[str, Any]) -> str:
    match kind:
        case "destination":
            return str(fields["definition"])
        case "definition":
            return str((fields.get("bundle") or {}).get("hash", ""))
        case _:
            return str(fields["hash"])


def downgrade() -> None:
    op.drop_index("documents_uses", "documents")
    op.drop_column("documents", "uses")
