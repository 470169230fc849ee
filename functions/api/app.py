"""The REST API as one ASGI application, and as the handler of its Lambda function."""

from collections.abc import Callable

from fastapi import Depends, FastAPI
from fastapi.exceptions import RequestValidationError
from mangum import Mangum
from starlette.exceptions import HTTPException

from functions.api import (
    artifact_routes,
    backtest_routes,
    function_routes,
    grid_routes,
    health_routes,
    id_routes,
    judgement_routes,
    market_routes,
    metric_routes,
    ranking_routes,
    run_routes,
    strategy_routes,
    template_routes,
)
from functions.api.idempotency import Idempotency
from functions.api.middleware import Admission, Body, Envelope
from functions.api.parts import ERRORS, bearer
from functions.api.problems import http_handler, validation_handler
from functions.wiring import House
from functions.wiring import house as the_house


def create_app(house: Callable[[], House] = the_house) -> FastAPI:
    """The application over the parts that `house` plugs in; they are asked for with the first request, not before."""
    app = FastAPI(
        title="量湖 LiangHu",
        version="1",
        description="Backtests of rule-based strategies on Chinese A-shares. Every error has the shape of ErrorAnswer.",
        redoc_url=None,
        redirect_slashes=False,
        strict_content_type=False,
    )
    app.state.house = house
    app.include_router(health_routes.router)
    for routes in (
        backtest_routes,
        run_routes,
        grid_routes,
        judgement_routes,
        id_routes,
        artifact_routes,
        strategy_routes,
        template_routes,
        function_routes,
        metric_routes,
        market_routes,
        ranking_routes,
    ):
        app.include_router(routes.router, dependencies=[Depends(bearer)], responses=ERRORS)
    app.add_exception_handler(RequestValidationError, validation_handler)
    app.add_exception_handler(HTTPException, http_handler)
    # The last one added is the first one that a request meets.
    app.add_middleware(Idempotency, house=house)
    app.add_middleware(Body)
    app.add_middleware(Admission, house=house)
    app.add_middleware(Envelope, house=house)
    return app


app = create_app()
handler = Mangum(app, lifespan="off")
