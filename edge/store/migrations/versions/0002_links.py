"""By which definition a destination can be found.

Revision ID: 0002
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

PAGE = 500


def upgrade() -> None:
    op.add_column("documents", sa.Column("link", sa.String(64), nullable=False, server_default=sa.text("''")))
    op.create_index("documents_link", "documents", ["kind", "link", "parent"])
    documents = sa.table("documents", *(sa.column(name) for name in ("kind", "id", "body", "link")))
    connection, after = op.get_bind(), ""
    destinations = documents.c.kind == "destination"
    while True:
        page = sa.select(documents.c.id, documents.c.body).where(destinations, documents.c.id > after)
        rows = connection.execute(page.order_by(documents.c.id).limit(PAGE)).all()
        for row in rows:
            # Only the settings in a destination's body are sealed.
            one = destinations & (documents.c.id == row.id)
            connection.execute(sa.update(documents).where(one).values(link=json.loads(row.body)["definition"]))
        if len(rows) < PAGE:
            return
        after = rows[-1].id


def downgrade() -> None:
    op.drop_index("documents_link", "documents")
    op.drop_column("documents", "link")
