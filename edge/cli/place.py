"""Where a command works: a remote edge by ``EDGE_URL`` and ``EDGE_TOKEN``, or the local store by ``EDGE_DATA_DIR``."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from edge.cli.errors import USAGE, CliError
from edge.settings import Settings

API = "/v1beta"


class Remote(BaseSettings):
    """The two settings that only the command line reads."""

    model_config = SettingsConfigDict(env_prefix="EDGE_", frozen=True, hide_input_in_errors=True)

    url: str | None = Field(None, description="Base URL of the Config API that commands speak to; empty: local store.")
    token: SecretStr | None = Field(None, description="Access token for EDGE_URL.")

    @field_validator("url")
    @classmethod
    def _is_base_url(cls, value: str | None) -> str | None:
        if not value:
            return None
        if not value.startswith(("http://", "https://")):
            raise ValueError("must be http:// or https:// with a host, for example https://edge.example.com")
        return value.rstrip("/").removesuffix(API)


@dataclass(frozen=True, slots=True)
class Place:
    """The options that stand before every command. A data directory given by hand means the local store."""

    data_dir: Path | None = None

    def settings(self, **given: Any) -> Settings:
        """The environment's settings, overridden by the options that were ``given`` (not None)."""
        if self.data_dir is not None:
            given = {"data_dir": self.data_dir} | {name: value for name, value in given.items() if value is not None}
        return Settings(**{name: value for name, value in given.items() if value is not None})

    def remote(self) -> Remote | None:
        """The remote edge, if one is meant. Raises CliError when it has an address but no token."""
        remote = Remote()
        if self.data_dir is not None or remote.url is None:
            return None
        if remote.token is None or not remote.token.get_secret_value().strip():
            raise CliError(
                "EDGE_URL is set, EDGE_TOKEN is not",
                "Set EDGE_TOKEN to an access token of that edge, or unset EDGE_URL to use the local store.",
            )
        return remote

    def local_only(self, command: str) -> None:
        """Raises CliError where a remote edge is meant: ``command`` touches the files of a store."""
        if self.data_dir is None and Remote().url is not None:
            raise CliError(
                f"{command} works on the local store, and EDGE_URL names a remote one",
                f"Run it on the machine of the store, with EDGE_URL unset or with --data-dir before {command}.",
                USAGE,
            )
