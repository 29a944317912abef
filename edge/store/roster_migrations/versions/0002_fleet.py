"""Hosts, what their fronts have acknowledged, and where each node answers for itself.

Revision ID: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("nodes", sa.Column("role", sa.String(16), nullable=False, server_default="all"))
    op.add_column("nodes", sa.Column("url", sa.String(256), nullable=False, server_default=sa.text("''")))
    op.create_table(
        "hosts",
        sa.Column("host", sa.String(128), primary_key=True),
        sa.Column("front", sa.String(16), nullable=False),
        sa.Column("seen_at", sa.Float, nullable=False),
    )
    op.create_table(
        "acks",
        sa.Column("host", sa.String(128), sa.ForeignKey("hosts.host", ondelete="CASCADE"), primary_key=True),
        sa.Column("epoch", sa.String(32), primary_key=True),
        sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("acked_at", sa.Float, nullable=True),
        sa.Column("rebound_at", sa.Float, nullable=True),
        sa.Column("last_error", sa.String(512), nullable=True),
        sa.Column("done", sa.BigInteger, nullable=False),
        sa.Column("total", sa.BigInteger, nullable=True),
        sa.Column("resume_after", sa.String(64), nullable=False),
        sa.Column("changed_at", sa.Float, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("acks")
    op.drop_table("hosts")
    op.drop_column("nodes", "url")
    op.drop_column("nodes", "role")
