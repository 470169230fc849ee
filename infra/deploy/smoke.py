"""`python -m infra.deploy.smoke`: whether a platform that was just deployed works, from its door to a computed run.

It asks the platform that LIANGHU_URL names, with the API key in LIANGHU_TOKEN. Where the lake is empty, as after a first deployment,
nothing can be computed, and that is said. Exits with 1 where something does not work.
"""

import sys
from collections.abc import Iterator

from functions.client import Client, ClientError
from functions.compiler import CPU_TARGET
from functions.identity import engine_version
from functions.settings import SettingsError, settings

TEMPLATE = "dual-moving-average"
SESSIONS, STOCKS = 250, 50
SECONDS = 180.0
"""A first run waits for a planner and a worker that are not started yet, and for its panel."""


class SmokeError(Exception):
    """Something does not work; the text says what."""


def smoke(url: str, token: str, timeout_seconds: float = SECONDS) -> Iterator[str]:
    """Says what works. SmokeError, ClientError: what does not."""
    with Client(url, token) as api:
        health = api.health()
        yield f"{url} answers: {health.status}, engine {health.engine_version}, data {health.dataset or 'none'}"
        if not (health.database and health.lake and health.queued is not None):
            raise SmokeError(f"something that the API needs does not answer: {health.model_dump_json()}")
        if health.engine_version != (ours := engine_version(CPU_TARGET)):
            raise SmokeError(f"it runs engine {health.engine_version}, and these sources are {ours}: is it the last deployment?")
        _refuses_strangers(url)
        yield "a stranger is refused"
        if health.dataset is None:
            yield "nothing was computed, because the lake is empty: bring in the first data"
            return
        calendar = api.calendar(datasource_version=health.dataset)
        sessions = calendar.sessions[-SESSIONS:]
        codes = [row.ts_code for row, _ in zip(api.instruments(datasource_version=health.dataset), range(STOCKS), strict=False)]
        context = {"window": {"start": sessions[0], "end": sessions[-1]}, "universe": codes, "datasource_version": health.dataset}
        backtest_id = api.create_backtest({"template": TEMPLATE}, context, "smoke test")
        run_id = api.submit_single(backtest_id, {}, reuse=False)
        run = api.wait_run(backtest_id, run_id, timeout_seconds=timeout_seconds)
        if run.status != "succeeded":
            raise SmokeError(f"the run {run_id} ended as {run.status}: {run.error}")
        yield f"{len(codes)} stocks over {len(sessions)} sessions were computed: content {run.content_hash}"
        yield f"its report has {len(api.artifact(run_id, 'report'))} bytes"


def _refuses_strangers(url: str) -> None:
    with Client(url) as stranger:
        try:
            stranger.backtests()
        except ClientError as error:
            if error.code == "UNAUTHORIZED":
                return
            raise
    raise SmokeError("it tells backtests to somebody who has not signed in")


def main() -> int:
    try:
        given = settings()
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    if not given.lianghu_url or not given.lianghu_token.get_secret_value():
        sys.stderr.write("LIANGHU_URL and LIANGHU_TOKEN say which platform, and as whom\n")
        return 2
    try:
        for line in smoke(given.lianghu_url, given.lianghu_token.get_secret_value()):
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()
    except (SmokeError, ClientError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
