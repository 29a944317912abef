"""The first tables.

Revision ID: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "counter",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("epoch", sa.String(32), nullable=False),
        sa.Column("head", sa.BigInteger, nullable=False),
        sa.Column("head_id", sa.String(32), nullable=False),
    )
    op.create_table(
        "journal",
        sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("id", sa.String(32), nullable=False, unique=True),
        sa.Column("previous_id", sa.String(32), nullable=False),
        sa.Column("verb", sa.String(16), nullable=False),
        sa.Column("tags", sa.Text, nullable=False),
        sa.Column("keys", sa.Text, nullable=False),
        sa.Column("resources", sa.Text, nullable=False),
        sa.Column("actor", sa.String(256), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("diff", sa.Text, nullable=False),
    )
    op.create_index("journal_at", "journal", ["at"])
    op.create_table(
        "documents",
        sa.Column("kind", sa.String(16), primary_key=True),
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("name", sa.String(512), nullable=False),
        sa.Column("parent", sa.String(512), nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("revision", sa.BigInteger, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("kind", "name"),
    )
    op.create_index("documents_parent", "documents", ["kind", "parent", "name"])
    op.create_table(
        "document_versions",
        sa.Column("kind", sa.String(16), primary_key=True),
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("name", sa.String(512), nullable=False),
        sa.Column("parent", sa.String(512), nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=True),
    )
    op.create_index("document_versions_parent", "document_versions", ["kind", "parent", "position"])
    op.create_table(
        "write_keys",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("source_id", sa.String(64), nullable=False, index=True),
        sa.Column("retired", sa.Boolean, nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "assets",
        sa.Column("hash", sa.String(64), primary_key=True),
        sa.Column("integrity", sa.String(128), nullable=False),
        sa.Column("content_type", sa.String(128), nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("mentioned_at", sa.Float, nullable=False),
    )
    op.create_table(
        "revoke_floors",
        sa.Column("tag", sa.String(128), primary_key=True),
        sa.Column("position", sa.BigInteger, nullable=False),
    )


def downgrade() -> None:
    for table in ("revoke_floors", "assets", "write_keys", "document_versions", "documents", "journal", "counter"):
        op.drop_table(table)
