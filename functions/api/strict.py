"""Routes that read JSON strictly, whoever sends it."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from functions.strict_json import read_strictly


class StrictRoute(APIRoute):
    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        original = super().get_route_handler()

        async def handle(request: Request) -> Response:
            return await original(StrictRequest(request.scope, request.receive))

        return handle


class StrictRequest(Request):
    async def json(self) -> Any:
        return read_strictly(await self.body())
