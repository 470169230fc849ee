"""The browser in which the web terminal is tested and measured: the machine's chromium, or the one that playwright has brought."""

import os
import shutil
from pathlib import Path

from playwright.sync_api import Browser, Error, Playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--disable-dev-shm-usage",
)  # fmt: skip
"""It talks to nobody but the platform, and runs where there is neither a sandbox nor a screen."""
LOCALE, ZONE, SIZE = "zh-CN", "Asia/Shanghai", {"width": 1440, "height": 900}


def executable() -> str | None:
    """Of the machine; None: there is none, and playwright's own may do."""
    return next((found for found in map(shutil.which, NAMES) if found), None)


def launched(playwright: Playwright) -> Browser:
    return playwright.chromium.launch(executable_path=executable(), args=list(FLAGS))


def missing(playwright: Playwright) -> str:
    """Why no browser can be started here; empty: one can."""
    if executable() or Path(playwright.chromium.executable_path).exists():
        return ""
    return f"there is no browser here: install one of {', '.join(NAMES)}, or run `playwright install chromium`"


def may_be_skipped() -> bool:
    """Where the environment says that there is a browser, its absence is a fault."""
    return os.environ.get("LIANGHU_REQUIRE_BROWSER", "") in ("", "0")


__all__ = ["FLAGS", "LOCALE", "SIZE", "ZONE", "Error", "executable", "launched", "may_be_skipped", "missing"]
