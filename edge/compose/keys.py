"""The instance's own keys: from the environment, or from files made at first start with mode 0600."""

import secrets

from edge.settings import Settings
from edge.store.keyring import keys_from_file, new_secret_key

SHORTEST_SESSION_KEY = 32


class TokenKeyError(ValueError):
    """``EDGE_TOKEN_KEYS``, or the file in its place, holds something else than pairs."""

    def __init__(self) -> None:
        super().__init__(
            "EDGE_TOKEN_KEYS, or token.keys in the data directory, must hold one or more kid:secret pairs, newest first"
        )


class SessionKeyError(ValueError):
    """``EDGE_SESSION_KEYS``, or the file in its place, holds something else than long secrets."""

    def __init__(self) -> None:
        super().__init__(
            "EDGE_SESSION_KEYS, or session.keys in the data directory, must hold one or more secrets of at least "
            f"{SHORTEST_SESSION_KEY} characters, newest first"
        )


def secret_keys(settings: Settings) -> list[str]:
    """Fernet keys that seal credentials, newest first."""
    if settings.secret_keys is None:
        return keys_from_file(settings.data_dir / "secret.keys", new_secret_key)
    return [key.strip() for key in settings.secret_keys.get_secret_value().split(",") if key.strip()]


def token_keys(settings: Settings) -> dict[str, str]:
    """``kid`` -> secret that signs access tokens, newest first. Raises TokenKeyError when a pair is none."""
    if settings.token_keys is None:
        pairs = keys_from_file(settings.data_dir / "token.keys", _new_token_key)
    else:
        pairs = [pair.strip() for pair in settings.token_keys.get_secret_value().split(",") if pair.strip()]
    if not pairs or not all(pair.partition(":")[2] for pair in pairs):
        raise TokenKeyError
    return dict(pair.split(":", 1) for pair in pairs)


def session_keys(settings: Settings) -> list[str]:
    """Secrets that sign the console's cookies and sign-in links, newest first. Raises SessionKeyError."""
    if settings.session_keys is None:
        keys = keys_from_file(settings.data_dir / "session.keys", _new_session_key)
    else:
        keys = [key.strip() for key in settings.session_keys.get_secret_value().split(",") if key.strip()]
    if not keys or any(len(key) < SHORTEST_SESSION_KEY for key in keys):
        raise SessionKeyError
    return keys


def _new_session_key() -> str:
    return secrets.token_urlsafe(48)


def _new_token_key() -> str:
    return f"{secrets.token_hex(4)}:{secrets.token_urlsafe(48)}"
