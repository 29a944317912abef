"""The ledger on the disk: ``journal.json``, written durably and merged under a lock, refused when damaged."""

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson

from edge.cache.disk import locked, put, remove
from edge.cache.ledger import PAST, Ledger, merged
from edge.model.boot import from_stamp, to_stamp
from edge.model.instant import Instant
from edge.model.position import AsOf


class LedgerFile:
    """All calls block, so they belong into a thread. ``boot`` is the id of this boot of the machine."""

    def __init__(self, path: Path, boot: str) -> None:
        self._path = path
        self._lock = path.with_name(f".{path.name}.lock")
        self._boot = boot

    def read(self, now: Instant) -> Ledger | None:
        """``None`` when there is none that can be trusted: then no copy can be either."""
        try:
            return self._load(self._path.read_bytes(), now)
        except (OSError, KeyError, TypeError, ValueError):
            return None

    def merge(self, mine: Ledger, now: Instant) -> Ledger:
        """Write down what this process knows besides what is there; all of it. Raises OSError."""
        with locked(self._lock):
            known = self.read(now)
            together = merged(known, mine)
            if together != known:
                self._write(together)
            return together

    def replace(self, mine: Ledger, now: Instant) -> Ledger:
        """Forget what is there, which is of another journal, but for the epochs that ended. Raises OSError."""
        with locked(self._lock):
            known = self.read(now)
            if known is not None:
                past = [*known.past, known.cursor.epoch]
                mine = replace(mine, past=tuple(epoch for epoch in past if epoch != mine.cursor.epoch)[-PAST:])
            self._write(mine)
            return mine

    def remove(self) -> None:
        """Raises OSError where it stays."""
        remove(self._path)

    def _write(self, ledger: Ledger) -> None:
        content = {
            "epoch": ledger.cursor.epoch,
            "position": ledger.cursor.position,
            "id": ledger.cursor.entry_id,
            "proven_at": to_stamp(ledger.proven_at, self._boot) if ledger.proven_at is not None else None,
            "base": ledger.base,
            "floors": dict(ledger.floors),
            "revoked": dict(ledger.revoked),
            "past": list(ledger.past),
        }
        put(self._path, orjson.dumps({"digest": _digest(content), "ledger": content}), durable=True)

    def _load(self, data: bytes, now: Instant) -> Ledger:
        document = orjson.loads(data)
        content = document["ledger"]
        if document["digest"] != _digest(content):
            raise ValueError("damaged ledger")
        proven_at = content["proven_at"]
        return Ledger(
            cursor=AsOf(content["epoch"], content["position"], content["id"]),
            proven_at=from_stamp(proven_at, self._boot, now) if proven_at is not None else None,
            base=content["base"],
            floors=content["floors"],
            revoked=content["revoked"],
            past=tuple(content["past"]),
        )


def _digest(content: Any) -> str:
    return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()
