"""Running Postgres as somebody who is not root, which it insists on, wherever its folder lies."""

import os
import pwd
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

from infra.local.errors import StackError


class Account(NamedTuple):
    user: int
    group: int
    name: str


CAPABILITY = "--ambient-caps=+dac_override"
"""The right to pass folders that others may not enter."""


def account_for(data: Path) -> Account | None:
    """Who must run the server; None: whoever we are. Postgres refuses root."""
    owner = data.stat().st_uid if data.exists() else None
    if os.geteuid() != 0:
        if owner is not None and owner != os.geteuid():
            raise StackError(
                f"{data} belongs to another user ({_name(owner)})", "start as the user who made it, or choose another LIANGHU_HOME"
            )
        return None
    if owner:
        return Account(owner, data.stat().st_gid, _name(owner))
    for name in ("postgres", "nobody"):
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(found.pw_uid, found.pw_gid, name)
    raise StackError(
        "Postgres refuses to run as root, and there is no user `postgres` or `nobody`", "add one of them, or start as a normal user"
    )


def _name(user: int) -> str:
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return str(user)


def run_as(account: Account | None, folder: Path, binaries: Path) -> list[str]:
    """The words before a command that must run as `account`.

    Root often works in folders that nobody else may enter (/root, mktemp -d), so the account gets the right to pass them (CAP_DAC_OVERRIDE)
    instead of our loosening other people's folders.
    """
    if account is None:
        return []
    if shutil.which("setpriv") is None:
        raise StackError(
            "Postgres refuses to run as root, and `setpriv` (util-linux) is not here", "install util-linux, or start as a normal user"
        )
    words = ["setpriv", f"--reuid={account.user}", f"--regid={account.group}", "--clear-groups"]
    if all(may_enter(path, account) for place in (folder, binaries) for path in (place, *place.parents)):
        return words
    words += ["--inh-caps=+dac_override", CAPABILITY]
    check = subprocess.run([*words, str(binaries / "postgres"), "--version"], capture_output=True, text=True, check=False)  # noqa: S603
    if check.returncode != 0:
        raise StackError(
            f"the user {account.name}, as whom Postgres must run, cannot reach {folder} or {binaries}",
            "choose a LIANGHU_HOME that others may enter, or start as a normal user",
        )
    return words


def may_enter(folder: Path, account: Account) -> bool:
    """Whether `account` passes through a folder: by its owner's, its group's or everybody's right."""
    if not folder.exists():
        return True
    status = folder.stat()
    bit = 0o100 if status.st_uid == account.user else 0o010 if status.st_gid == account.group else 0o001
    return bool(status.st_mode & bit)
