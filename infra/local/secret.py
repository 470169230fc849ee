"""What the keys of message clients are made from on this machine; it stays in its folder, so that a restart ends none of them."""

import secrets
from pathlib import Path


def messages_secret(home: Path) -> str:
    file = home / "messages" / "secret"
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        unfinished = file.with_suffix(".new")
        unfinished.touch(mode=0o600)
        unfinished.write_text(secrets.token_hex(32))
        unfinished.replace(file)
    return file.read_text().strip()
