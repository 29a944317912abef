"""Disks with copies of documents, which outlive the nodes that left them.

Revision ID: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("nodes", sa.Column("disk", sa.String(32), nullable=False, server_default=sa.text("''")))
    op.create_table(
        "disks",
        sa.Column("host", sa.String(128), primary_key=True),
        sa.Column("disk", sa.String(32), primary_key=True),
        sa.Column("node", sa.String(64), nullable=False),
        sa.Column("epoch", sa.String(32), nullable=False),
        sa.Column("cursor", sa.BigInteger, nullable=False),
        sa.Column("reported_at", sa.Float, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("disks")
    op.drop_column("nodes", "disk")
