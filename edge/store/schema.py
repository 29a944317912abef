"""The tables of the store. Positions are 64-bit; times are Unix seconds; bodies are JSON as bytes."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData()

counter = Table(
    "counter",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("epoch", String(32), nullable=False),
    Column("head", BigInteger, nullable=False),
    Column("head_id", String(32), nullable=False),
)
"""One row. A writer locks it first, so positions are gap-free and in commit order (DESIGN section 4.1)."""

journal = Table(
    "journal",
    metadata,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("id", String(32), nullable=False, unique=True),
    Column("previous_id", String(32), nullable=False),
    Column("verb", String(16), nullable=False),
    Column("tags", Text, nullable=False),
    Column("keys", Text, nullable=False),
    Column("resources", Text, nullable=False),
    Column("actor", String(256), nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", Float, nullable=False),
    Column("diff", Text, nullable=False),
    Index("journal_at", "at"),
)

documents = Table(
    "documents",
    metadata,
    Column("kind", String(16), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("name", String(512), nullable=False),
    Column("parent", String(512), nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("uses", String(64), nullable=False, server_default=text("''")),
    UniqueConstraint("kind", "name"),
    Index("documents_parent", "kind", "parent", "name"),
    Index("documents_uses", "kind", "uses", "parent"),
)
"""The newest version of each document. ``position`` wrote it; ``revision`` last altered public bytes through it.

``uses`` repeats from the body what the document is made with: a destination's definition, the file of a definition or
client, the client of a source where it is not our own. It finds documents and never decides: a process of an older
version writes rows without it.
"""

document_versions = Table(
    "document_versions",
    metadata,
    Column("kind", String(16), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("name", String(512), nullable=False),
    Column("parent", String(512), nullable=False),
    Column("body", LargeBinary, nullable=True),
    Index("document_versions_parent", "kind", "parent", "position"),
)
"""Every version by position; a null body is a deletion. Kept from the start: history cannot be added afterwards."""

write_keys = Table(
    "write_keys",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("source_id", String(64), nullable=False, index=True),
    Column("retired", Boolean, nullable=False),
    Column("position", BigInteger, nullable=False),
)
"""Every key ever given out, and the position at which it became live or was retired. Rows are never deleted, so a key
is never used twice in an instance."""

assets = Table(
    "assets",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("integrity", String(128), nullable=False),
    Column("content_type", String(128), nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("mentioned_at", Float, nullable=False),
)
"""Immutable files by content. ``mentioned_at`` is when a definition or client last began or ceased to name the file."""

revoke_floors = Table(
    "revoke_floors",
    metadata,
    Column("tag", String(128), primary_key=True),
    Column("position", BigInteger, nullable=False),
)
"""The highest position at which a tag was revoked. No window: a revoked answer stays revoked."""

roster_metadata = MetaData()

nodes = Table(
    "nodes",
    roster_metadata,
    Column("node", String(64), primary_key=True),
    Column("host", String(128), nullable=False),
    Column("epoch", String(32), nullable=False),
    Column("cursor", BigInteger, nullable=False),
    Column("beat", BigInteger, nullable=False),
    Column("build", String(64), nullable=False),
    Column("started_at", Float, nullable=False),
    Column("reported_at", Float, nullable=False),
    Column("role", String(16), nullable=False, server_default="all"),
    Column("url", String(256), nullable=False, server_default=text("''")),
)
"""The live roster: one row a node. ``beat`` grows with every heartbeat; silence is a beat that does not change."""

hosts = Table(
    "hosts",
    roster_metadata,
    Column("host", String(128), primary_key=True),
    Column("front", String(16), nullable=False),
    Column("seen_at", Float, nullable=False),
)
"""Every host that has a live node, or had one: a front's copies outlive its nodes. ``seen_at``: the last heartbeat."""

acks = Table(
    "acks",
    roster_metadata,
    Column("host", String(128), ForeignKey("hosts.host", ondelete="CASCADE"), primary_key=True),
    Column("epoch", String(32), primary_key=True),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("acked_at", Float, nullable=True),
    Column("rebound_at", Float, nullable=True),
    Column("last_error", String(512), nullable=True),
    Column("done", BigInteger, nullable=False),
    Column("total", BigInteger, nullable=True),
    Column("resume_after", String(64), nullable=False),
    Column("changed_at", Float, nullable=False),
)
"""What a host's front shows of one position: ``done`` of ``total`` write keys, ``resume_after`` the last of them."""

cursors = Table(
    "cursors",
    roster_metadata,
    Column("node", String(64), ForeignKey("nodes.node", ondelete="CASCADE"), primary_key=True),
    Column("epoch", String(32), primary_key=True),
    Column("cursor", BigInteger, primary_key=True, autoincrement=False),
    Column("applied_at", Float, nullable=False),
)
"""When a node's cursor came to a position: what a receipt's ``applied_at`` is read from."""
