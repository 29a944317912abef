"""A browser for one trial: found on this machine, without a profile of its own, ended when the trial is."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
"""Where a browser of the Chromium family may be, in this order."""

FLAGS = (
    "--headless=new",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--no-default-browser-check",
    "--no-first-run",
    "--no-proxy-server",
)
ENDING = 5.0
"""Seconds for a browser that was told to end."""


def find_browser(given: Path | None) -> Path | None:
    """``given`` or the first of NAMES that can be run; ``None`` where there is none."""
    for name in (str(given),) if given is not None else NAMES:
        found = shutil.which(name)
        if found is not None:
            return Path(found)
    return None


@asynccontextmanager
async def browsing(browser: Path, url: str) -> AsyncIterator[None]:
    """``url`` is open for as long as the block runs."""
    # Chromium's sandbox does not work for root: it says so and ends.
    sandbox = ("--no-sandbox",) if getattr(os, "geteuid", lambda: 1)() == 0 else ()
    with tempfile.TemporaryDirectory(prefix="edgewise-browser-", ignore_cleanup_errors=True) as profile:
        process = await asyncio.create_subprocess_exec(
            browser,
            *FLAGS,
            *sandbox,
            f"--user-data-dir={profile}",
            url,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            yield
        finally:
            with suppress(ProcessLookupError):
                process.terminate()
            try:
                await asyncio.wait_for(process.wait(), ENDING)
            except TimeoutError:
                with suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
