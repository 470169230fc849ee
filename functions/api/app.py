"""The REST API as one ASGI application, and as the handler of its Lambda function."""

from collections.abc import Callable
from types import ModuleType

from fastapi import Depends, FastAPI
from fastapi.exceptions import RequestValidationError
from mangum import Mangum
from starlette.exceptions import HTTPException

from functions.api import (
    archive_routes,
    artifact_routes,
    backtest_routes,
    bar_routes,
    compare_routes,
    feedback_routes,
    function_routes,
    grid_routes,
    health_routes,
    id_routes,
    instrument_routes,
    judgement_routes,
    key_routes,
    market_routes,
    me_routes,
    message_client_routes,
    metric_routes,
    product_event_routes,
    ranking_routes,
    run_routes,
    share_routes,
    shared_routes,
    signal_routes,
    strategy_routes,
    submission_routes,
    template_routes,
    text_routes,
)
from functions.api.accepting import Accepting
from functions.api.admission import Admission, Known
from functions.api.again import Again
from functions.api.auth import Scope
from functions.api.body import Body
from functions.api.cdn import Cdn
from functions.api.document import Api, operation_id
from functions.api.document_words import DESCRIPTION
from functions.api.idempotency import Idempotency
from functions.api.methods import Methods
from functions.api.middleware import Envelope
from functions.api.parts import ERRORS, Needs, bearer
from functions.api.patience import Patience
from functions.api.problems import http_handler, validation_handler
from functions.invocations import serves
from functions.wiring import House
from functions.wiring import house as the_house

ROUTES: tuple[tuple[ModuleType, Scope], ...] = (
    (backtest_routes, "run"),
    (run_routes, "run"),
    (grid_routes, "run"),
    (judgement_routes, "run"),
    (id_routes, "run"),
    (archive_routes, "run"),
    (artifact_routes, "run"),
    (submission_routes, "read"),
    (compare_routes, "read"),
    (share_routes, "share"),
    (strategy_routes, "strategies"),
    (signal_routes, "strategies"),
    (text_routes, "read"),
    (market_routes, "read"),
    (ranking_routes, "read"),
    (instrument_routes, "read"),
    (bar_routes, "read"),
    (me_routes, "account"),
    (feedback_routes, "account"),
    (key_routes, "account"),
    (message_client_routes, "account"),
)
"""What a caller's key must allow for a call that changes something; looking needs "read". `text_routes` judges texts and keeps none."""

CATALOGUES = (template_routes, function_routes, metric_routes)
"""Words that are the same for everybody, and that a shared page needs where nobody has signed in."""


def create_app(house: Callable[[], House] = the_house, known: Known | None = None) -> FastAPI:
    """The application over the parts that `house` plugs in; they are asked for with the first request, not before.

    `known` says who calls where that is known already (see functions/responder.py); no server may be given such an application.
    """
    app = Api(
        title="量湖 LiangHu",
        version="1",
        description=DESCRIPTION,
        redoc_url=None,
        redirect_slashes=False,
        strict_content_type=False,
        generate_unique_id_function=operation_id,
    )
    app.state.house = house
    app.include_router(health_routes.router)
    app.include_router(product_event_routes.router)
    app.include_router(shared_routes.router, responses={status: ERRORS[status] for status in (404, 422, 429, 500, 502)})
    app.state.catalogues = [routes.router for routes in CATALOGUES]
    for router in app.state.catalogues:
        app.include_router(router, responses={status: ERRORS[status] for status in (422, 429, 500)})
    app.state.needs = [(routes.router, Needs(scope)) for routes, scope in ROUTES]
    for router, needs in app.state.needs:
        app.include_router(router, dependencies=[Depends(bearer), Depends(needs)], responses=ERRORS)
    app.add_exception_handler(RequestValidationError, validation_handler)
    app.add_exception_handler(HTTPException, http_handler)
    # The last one added is the first one that a request meets.
    app.add_middleware(Idempotency, house=house)
    app.add_middleware(Again)
    app.add_middleware(Body, house=house)
    app.add_middleware(Methods)
    app.add_middleware(Accepting)
    app.add_middleware(Admission, house=house, known=known)
    app.add_middleware(Patience, house=house)
    app.add_middleware(Cdn, house=house)
    app.add_middleware(Envelope, house=house)
    return app


app = create_app()
handler = serves("api")(Mangum(app, lifespan="off"))
