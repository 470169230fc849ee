"""The language itself: the catalogue of its words, which is everybody's."""

from fastapi import APIRouter

from functions.api.language_shapes import Language
from functions.api.strict import StrictRoute
from functions.vocabulary import vocabulary

router = APIRouter(prefix="/api/functions", tags=["language"], route_class=StrictRoute)


@router.get("")
def list_functions() -> Language:
    """Functions with their arguments and bounds, fields, keywords, settings: everything that a strategy's text may say. Needs no token."""
    return Language.model_validate(vocabulary())
