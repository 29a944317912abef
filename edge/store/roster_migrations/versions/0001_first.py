"""The first tables of the roster.

Revision ID: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "nodes",
        sa.Column("node", sa.String(64), primary_key=True),
        sa.Column("host", sa.String(128), nullable=False),
        sa.Column("epoch", sa.String(32), nullable=False),
        sa.Column("cursor", sa.BigInteger, nullable=False),
        sa.Column("beat", sa.BigInteger, nullable=False),
        sa.Column("build", sa.String(64), nullable=False),
        sa.Column("started_at", sa.Float, nullable=False),
        sa.Column("reported_at", sa.Float, nullable=False),
    )
    op.create_table(
        "cursors",
        sa.Column("node", sa.String(64), sa.ForeignKey("nodes.node", ondelete="CASCADE"), primary_key=True),
        sa.Column("epoch", sa.String(32), primary_key=True),
        sa.Column("cursor", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("applied_at", sa.Float, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("cursors")
    op.drop_table("nodes")
