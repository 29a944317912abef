"""What an edge node stands on: control nodes, whose origin calls take the place of a store, and this host's disk."""

import asyncio
import hashlib
import secrets
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import edge
from edge.cache.copy_files import CopyFiles
from edge.cache.disk_queue import DiskQueue
from edge.cache.file_copies import FileCopies
from edge.cache.floors import Floors
from edge.cache.kept_assets import KeptAssets
from edge.cache.kept_id import kept_id
from edge.cache.ledger_file import LedgerFile
from edge.cache.reading import Reader
from edge.cache.recorder import Recorded, Recorder
from edge.cache.room import Bounds, Room
from edge.cache.shelf import Shelf
from edge.compose.footing import Pace
from edge.compose.ground import new_id
from edge.fronts.host import host_name
from edge.journal.follower import Applier
from edge.journal.lease import Proof
from edge.journal.membership import Membership, Presence
from edge.model.instant import Clock
from edge.model.stats import Stats
from edge.origin.assets import OriginAssets
from edge.origin.builds import Builds
from edge.origin.client import OriginClient
from edge.origin.documents import OriginDocuments
from edge.origin.journal import OriginJournal
from edge.origin.keys import OriginKeys
from edge.origin.roster import OriginRoster
from edge.publish.asset_source import AssetSource
from edge.publish.parcel import MAGIC
from edge.publish.publication import Publication, Wanted
from edge.settings import MEBIBYTE, Settings
from edge.store.roster import Newcomer

COPIES = Bounds(bytes=1024 * MEBIBYTE, files=100_000)
FILES = Bounds(bytes=256 * MEBIBYTE, files=10_000)
PARTING = 5.0
"""Seconds for what still waits for the disk when the process ends."""
DISK = "disk"
"""The file beside the copies that has their disk's id."""
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Outpost:
    """A Footing."""

    settings: Settings
    clock: Clock
    stats: Stats
    floors: Floors
    proof: Proof
    membership: Membership
    roster: OriginRoster
    journal: OriginJournal
    keys: OriginKeys
    documents: Reader[Wanted, Publication]
    assets: AssetSource
    backing: Shelf
    client: OriginClient
    builds: Builds
    recorder: Recorder
    queue: DiskQueue

    @property
    def pace(self) -> Pace:
        """A held poll is its own pause."""
        settings, held = self.settings, self.settings.held_polls()
        return Pace(0.0 if held else settings.polls_every(), settings.read_timeout + held, patient=True)

    @property
    def revokes(self) -> OriginJournal:
        return self.journal

    def build(self) -> str | None:
        return self.builds.current()

    @property
    def has_last_known_good(self) -> bool:
        return self.recorder.ledger is not None

    def recording(self, applier: Applier) -> Applier:
        return Recorded(applier, self.recorder)

    def chores(self) -> Sequence[Coroutine[Any, Any, None]]:
        return (self.queue.run(), self.recorder.run(), self.client.watch())

    async def prepare(self) -> None:
        """Whatever is on the disk; control nodes are asked later, and need not be there yet."""
        await asyncio.to_thread(self.recorder.recall)

    async def close(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(PARTING):
                await self.queue.drain()
                await self.recorder.save()
        await self.client.close()


def lay_outpost(settings: Settings, clock: Clock) -> Outpost:
    """Raises BudgetError or OSError, for people to mend."""
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    stats, floors, proof, boot = Stats(), Floors(), Proof(), boot_id()
    token = settings.origin_token.get_secret_value() if settings.origin_token is not None else ""
    client = OriginClient(
        settings.origins(),
        token,
        f"edgewise/{edge.__version__}",
        clock=clock,
        stats=stats,
        timeout=settings.read_timeout,
    )
    builds = Builds(floors)
    copies, queue = settings.data_dir / "copies", DiskQueue(stats)
    build = hashlib.sha256(f"{MAGIC.decode()} {edge.__version__}".encode()).hexdigest()[:16]
    copy_files = CopyFiles(copies, build, boot)
    recorder = Recorder(
        floors,
        proof,
        file=LedgerFile(copies / "journal.json", boot),
        empty=copy_files.empty,
        source=OriginJournal(client),
        clock=clock,
        stats=stats,
    )
    files = FileCopies(settings.data_dir / "files")
    host = host_name(settings.host_id, settings.front, settings.front_cache_directory())
    roster = OriginRoster(client, clock, recorder.secure)
    membership = Membership(
        roster,
        Presence(settings.data_dir / "nodes"),
        Newcomer(new_id(), host, edge.__version__, settings.role, settings.front, disk=disk_id(copies)),
        patience=settings.lease + settings.budget().guard,
    )

    def wall() -> float:
        return clock().wall

    return Outpost(
        settings=settings,
        clock=clock,
        stats=stats,
        floors=floors,
        proof=proof,
        membership=membership,
        roster=roster,
        journal=OriginJournal(client, settings.held_polls(), builds),
        keys=OriginKeys(client),
        documents=OriginDocuments(client, floors, proof, builds, clock).read,
        assets=KeptAssets(
            OriginAssets(client),
            files,
            Room(files.all, FILES, wall),
            queue,
            may_read=lambda: proof.cursor is not None,
            stats=stats,
        ),
        backing=Shelf(
            copy_files, Room(copy_files.all, COPIES, wall), queue, recorder, floors, clock=clock, stats=stats
        ),
        client=client,
        builds=builds,
        recorder=recorder,
        queue=queue,
    )


def disk_id(copies: Path) -> str:
    """By which receipts know this node's copies again, whichever node goes on with them.

    Where none can be kept, this process has one to itself: then what it leaves behind is counted to its end.
    """
    try:
        return kept_id(copies / DISK)
    except OSError:
        return secrets.token_hex(4)


def boot_id() -> str:
    """Linux's id of this boot; empty where there is none, and then only the wall clock outlives a process."""
    with suppress(OSError):
        return _BOOT_ID.read_text(encoding="ascii").strip()
    return ""
