"""The sources of the web terminal: their own tests, and that they know the API of today."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def test_the_pages_know_the_api_of_today(web: Path, tmp_path: Path) -> None:
    made = tmp_path / "schema.d.ts"
    command = ["npx", "--no-install", "openapi-typescript", str(ROOT / "docs/openapi.json"), "-o", str(made)]
    subprocess.run(command, cwd=web, capture_output=True, check=True)
    kept = (web / "src/api/schema.d.ts").read_text(encoding="utf-8")
    assert kept == made.read_text(encoding="utf-8"), "the API has changed: renew its types with (cd web && npm run api)"


@pytest.mark.slow
def test_the_units_of_the_pages_pass(web: Path) -> None:
    done = subprocess.run(["npm", "test", "--silent"], cwd=web, capture_output=True, text=True, check=False)
    assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]
