"""Encryption at rest: a destination's settings are sealed as one piece.

All of them, not only the secret ones: a newer definition may call a setting secret that an older one did not.
"""

import os
import secrets
from collections.abc import Callable, Sequence
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class SecretUnreadableError(Exception):
    """None of the configured keys opens a sealed value."""

    def __init__(self) -> None:
        super().__init__(
            "a stored credential cannot be decrypted: start with the key that sealed it in EDGE_SECRET_KEYS "
            "(newest first, separated by commas) or with its secret.keys file in the data directory"
        )


class SecretKeyError(ValueError):
    """The configured keys are not keys. The text never shows them."""

    def __init__(self) -> None:
        super().__init__(
            "EDGE_SECRET_KEYS, or secret.keys in the data directory, must hold one or more Fernet keys, newest first, "
            "and nothing else: 32 random bytes each, as 44 characters of URL-safe base64"
        )


class Keyring:
    """Seals with the first key, opens with any (cryptography's MultiFernet). Raises SecretKeyError."""

    def __init__(self, keys: Sequence[str]) -> None:
        try:
            self._fernet = MultiFernet([Fernet(key) for key in keys])
        except ValueError:
            raise SecretKeyError from None

    def seal(self, plain: bytes) -> str:
        return self._fernet.encrypt(plain).decode()

    def open(self, sealed: str) -> bytes:
        try:
            return self._fernet.decrypt(sealed.encode())
        except InvalidToken:
            raise SecretUnreadableError from None


def new_secret_key() -> str:
    return Fernet.generate_key().decode()


def keys_from_file(path: Path, make: Callable[[], str]) -> list[str]:
    """The keys in ``path``, one a line, newest first; made with mode 0600 at first start.

    The file appears whole or not at all: several workers start at once, and each must end up with the same key.
    """
    if not path.exists():
        draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(make() + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
            _sync(path.parent)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return [line.strip() for line in path.read_text().splitlines() if line.strip()]


def _sync(directory: Path) -> None:
    """A name is durable only once its directory is: a power cut must not take the key and leave what it sealed."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
