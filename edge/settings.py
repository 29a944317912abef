"""Every setting of Edgewise, in one table: ``EDGE_<NAME>`` in the environment, or an option of ``edgewise serve``."""

import os
import re
import socket
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from edge.model.budget import Budget
from edge.model.redis_url import RedisUrl, parse_redis_url
from edge.store.address import PostgresServer, SqliteFile, read_address

MEBIBYTE = 1024 * 1024
ALONE_INTERVAL = 0.05
PROOF_INTERVAL = 1.0


def _default_data_dir() -> Path:
    """The same from whichever directory a command is run (XDG Base Directory Specification)."""
    return Path(os.environ.get("XDG_DATA_HOME", Path.home() / ".local" / "share")) / "edgewise"


class Settings(BaseSettings):
    """Read once at start and never changed. docs/settings.md says each in full."""

    model_config = SettingsConfigDict(env_prefix="EDGE_", frozen=True, extra="forbid", hide_input_in_errors=True)

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8080, ge=0, le=65535, description="Port to listen on.")
    uds: Path | None = Field(None, description="Unix socket to listen on instead of host and port.")
    workers: int = Field(1, ge=1, le=64, description="Worker processes on this machine; each is a node.")
    admin_bind: str | None = Field(None, description="host:port for Config API and console; empty: the public one.")
    public_url: str | None = Field(None, description="Base of the URLs in manifests and snippets; no trailing slash.")
    host_id: str = Field(default_factory=socket.gethostname, description="Name of this host in receipts.")
    front: Literal["none", "nginx"] = Field("none", description="The cache that stands before the nodes of this host.")
    refresh_socket: Path | None = Field(None, description="Unix socket of nginx's refresh server.")
    front_cache: Path | None = Field(None, description="Directory of nginx's cache, which nodes may empty.")
    node_bind: str = Field("127.0.0.1:0", description="host:port where each node answers for itself; port 0: any.")

    role: Literal["all", "control", "edge"] = Field("all", description="What this process is for in a fleet.")
    origin_url: str | None = Field(None, description="Admin addresses of control nodes, separated by commas.")
    origin_token: SecretStr | None = Field(None, description="Access token with origin:read, for EDGE_ORIGIN_URL.")

    data_dir: Path = Field(default_factory=_default_data_dir, description="Database, keys and locks, mode 0700.")
    database_url: SecretStr | None = Field(
        None, description="The store: postgresql://...; empty: SQLite in the data dir."
    )
    redis_url: SecretStr | None = Field(None, description="Redis, which makes changes arrive sooner; never the truth.")
    redis_timeout: float = Field(0.25, gt=0, le=10, description="Seconds that one call of Redis may take.")
    secret_keys: SecretStr | None = Field(None, description="Fernet keys, newest first, separated by commas.")
    token_keys: SecretStr | None = Field(None, description="kid:secret pairs, newest first, separated by commas.")

    session_keys: SecretStr | None = Field(None, description="Secrets that sign console sessions, newest first.")

    api_host: str | None = Field(
        None, description="Where events go when a source does not say; empty: this edge's sink."
    )
    rate_limit: int = Field(200, ge=0, description="Config API requests a minute for one token; 0: no limit.")

    history_days: int = Field(400, ge=1, description="Days for which versions of documents and the journal are kept.")

    proof_interval: float | None = Field(None, gt=0, le=10, description="Seconds between polls of the journal.")
    lease: float = Field(10.0, ge=2, le=60, description="Seconds after which an unproven node calls nothing fresh.")
    read_timeout: float = Field(2.0, gt=0, le=30, description="Seconds a read of the store may take.")
    memory_bytes: int = Field(256 * MEBIBYTE, ge=MEBIBYTE, description="Bytes of documents kept in memory by a worker.")

    stale_if_error: int = Field(86400, ge=0, description="Seconds last known good may answer with the store down.")
    front_fresh: int = Field(240, ge=0, description="Budget share: seconds an entry is fresh in nginx.")
    front_error: int = Field(300, ge=0, description="Budget share: seconds nginx may serve stale on error.")
    front_revalidate: int = Field(
        30, ge=0, description="Budget share: seconds nginx may serve stale while it refreshes."
    )
    shared_max_age: int = Field(60, ge=0, description="Budget share: s-maxage for a shared cache unknown to us.")
    shared_revalidate: int = Field(540, ge=0, description="Budget share: stale-while-revalidate of such a cache.")
    browser_max_age: int = Field(60, ge=0, description="Budget share: max-age in a browser.")
    browser_revalidate: int = Field(540, ge=0, description="Budget share: stale-while-revalidate in a browser.")
    guard: int = Field(5, ge=1, description="Budget share: seconds for rounding and clocks.")

    purge_rate: int = Field(500, ge=1, description="Write keys a second that a host refreshes for a broad purge.")
    audit_interval: float = Field(10.0, ge=0, description="Seconds between two rounds of the auditor; 0: none.")

    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least level that is logged.")

    @field_validator("public_url")
    @classmethod
    def _is_base_url(cls, value: str | None) -> str | None:
        if value is None:
            return None
        if not value.startswith(("http://", "https://")) or any(mark in value for mark in "?#\"'<> "):
            raise ValueError("must be http:// or https:// with a host, and may have a path; no query, no quotes")
        return value.rstrip("/")

    @field_validator("node_bind", mode="before")
    @classmethod
    def _default_node_bind(cls, value: str | None) -> str:
        return value or "127.0.0.1:0"

    @field_validator("admin_bind", "node_bind")
    @classmethod
    def _is_bind(cls, value: str | None) -> str | None:
        if not value:
            return None
        host, separator, port = value.rpartition(":")
        if not separator or not host or not port.isdigit() or int(port) > 65535:
            raise ValueError("must be host:port, for example 127.0.0.1:8081")
        return value

    @field_validator("origin_url")
    @classmethod
    def _are_base_urls(cls, value: str | None) -> str | None:
        urls = [url.strip().rstrip("/") for url in (value or "").split(",") if url.strip()]
        if any(not url.startswith(("http://", "https://")) for url in urls):
            raise ValueError("must be http:// or https:// addresses of control nodes, separated by commas")
        return ",".join(urls) or None

    @field_validator("database_url")
    @classmethod
    def _names_a_store(cls, value: SecretStr | None) -> SecretStr | None:
        text = value.get_secret_value().strip() if value is not None else ""
        if not text:
            return None
        read_address(text)
        return SecretStr(text)

    @field_validator("origin_token")
    @classmethod
    def _is_a_token(cls, value: SecretStr | None) -> SecretStr | None:
        text = value.get_secret_value().strip() if value is not None else ""
        # It stands in a header of every call: whatever else it is, it must be one word.
        if text and not re.fullmatch(r"[A-Za-z0-9._~+/=-]+", text):
            raise ValueError("must be an access token as `edgewise token create` prints it")
        return SecretStr(text) if text else None

    @field_validator("redis_url")
    @classmethod
    def _is_redis_url(cls, value: SecretStr | None) -> SecretStr | None:
        text = value.get_secret_value().strip() if value is not None else ""
        if not text:
            return None
        parse_redis_url(text)
        return SecretStr(text)

    @model_validator(mode="after")
    def _edge_has_an_origin(self) -> Self:
        if self.role == "edge" and (self.origin_url is None or self.origin_token is None):
            raise ValueError("EDGE_ROLE=edge needs EDGE_ORIGIN_URL and EDGE_ORIGIN_TOKEN: it has no store of its own")
        if self.role == "edge" and self.database_url is not None:
            raise ValueError("EDGE_ROLE=edge takes no EDGE_DATABASE_URL: an edge node has no database login")
        return self

    @model_validator(mode="after")
    def _front_outlives_a_proof(self) -> Self:
        # nginx keeps nothing whose deadline has passed already, and a proof may be as old as the lease.
        if self.front == "nginx" and self.front_fresh <= self.lease:
            raise ValueError("EDGE_FRONT_FRESH must be more than EDGE_LEASE, or nginx keeps nothing")
        return self

    def base_url(self) -> str:
        """``EDGE_PUBLIC_URL`` or the listener's own; never from a request's Host header."""
        return self.public_url or f"http://{self.host}:{self.port}"

    def origins(self) -> tuple[str, ...]:
        """Base addresses of control nodes, in the order in which they are tried."""
        return tuple(self.origin_url.split(",")) if self.origin_url is not None else ()

    def redis_place(self) -> RedisUrl | None:
        """Where Redis is; ``None`` where there is none."""
        return parse_redis_url(self.redis_url.get_secret_value()) if self.redis_url is not None else None

    def polls_every(self) -> float:
        """Seconds between polls of the journal: often where nothing else brings a change, else only to prove."""
        if self.proof_interval is not None:
            return self.proof_interval
        return ALONE_INTERVAL if self.redis_url is None and self.role != "edge" else PROOF_INTERVAL

    def held_polls(self) -> float:
        """Seconds that a control node may hold a poll: so a change comes at once where no Redis brings it."""
        return self.polls_every() if self.role == "edge" and self.redis_url is None else 0.0

    def front_directory(self) -> Path:
        """What this host's nginx is started in (``nginx -p``): sockets, cache and logs lie in it."""
        return self.data_dir / "front"

    def refresh_address(self) -> Path:
        return self.refresh_socket or self.front_directory() / "run" / "refresh.sock"

    def front_cache_directory(self) -> Path:
        return self.front_cache or self.front_directory() / "cache"

    def database(self) -> str:
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return SqliteFile(self.data_dir / "edgewise.db").url()

    def roster_database(self) -> str:
        """With a database server the roster is in the store's; else in an SQLite file that no other write waits for."""
        server = isinstance(read_address(self.database()), PostgresServer)
        return self.database() if server else SqliteFile(self.data_dir / "roster.db").url()

    def budget(self) -> Budget:
        """Raises BudgetError, with the arithmetic, when the shares exceed the budget."""
        return Budget(
            front_fresh=self.front_fresh,
            front_error=self.front_error,
            front_revalidate=self.front_revalidate,
            shared_fresh=self.shared_max_age,
            shared_revalidate=self.shared_revalidate,
            browser_fresh=self.browser_max_age,
            browser_revalidate=self.browser_revalidate,
            guard=self.guard,
            stale_if_error=self.stale_if_error,
        )
