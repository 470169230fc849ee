"""The API as a process of its own, as the stack on one machine runs it; its doorbells are counted instead of rung.

`python -m bench.api_server PORT`. What it needs stands in the environment, as the functions' settings do.
"""

import sys

import uvicorn

from functions.api.app import create_app
from functions.settings import settings
from functions.wiring import House


class Bells:
    """Stands in for the queue: a message to it is the platform's business, not the API's."""

    rung = 0

    def ring(self, *_: object, **__: object) -> int:
        self.rung += 1
        return 1


def main(port: str) -> None:
    house = House(settings())
    vars(house)["queue"] = Bells()
    uvicorn.run(
        create_app(lambda: house), host="127.0.0.1", port=int(port), log_level="warning", lifespan="off", timeout_graceful_shutdown=1
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
