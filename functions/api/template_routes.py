"""The strategy templates."""

from functools import cache

from fastapi import APIRouter

from engine.language import compile_strategy
from functions.api.answers import TemplateList, TemplateParameter, TemplateShown
from functions.api.strict import StrictRoute
from functions.templates import templates

router = APIRouter(prefix="/api/templates", tags=["templates"], route_class=StrictRoute)


@router.get("")
def list_templates() -> TemplateList:
    """Texts to start from, with their parameters. Needs no token."""
    return _all()


@cache
def _all() -> TemplateList:
    """Compiled once: strangers may ask, and it is always the same."""
    return TemplateList(items=[_shown(name, code) for name, code in templates().items()])


def _shown(name: str, code: str) -> TemplateShown:
    program = compile_strategy(code)
    parameters = [TemplateParameter(name=row.name, default=row.default, min=row.min, max=row.max) for row in program.parameters]
    return TemplateShown(name=name, code=code, parameters=parameters, look_back=program.look_back)
