"""Strategies: texts with immutable versions, the templates, and what a text may say."""

from collections.abc import Mapping
from typing import Any

from functions.api.answers import StrategyVersionShown, TemplateList, TemplateShown
from functions.api.language_shapes import Language, TextJudged
from functions.client.calls import Calls, understood


class StrategyCalls(Calls):
    def strategy_version(self, strategy_id: str, version: int) -> StrategyVersionShown:
        """With its text; one's own."""
        return self._read(StrategyVersionShown, f"/api/strategies/{strategy_id}/versions/{version}")

    def templates(self) -> list[TemplateShown]:
        return self._read(TemplateList, "/api/templates").items

    def functions(self) -> Language:
        """Everything that a strategy's text may say."""
        return self._read(Language, "/api/functions")

    def validate(self, code: str, context: Mapping[str, Any] | None = None) -> TextJudged:
        """What is wrong with a text, by itself or in a backtest's context; nothing is kept."""
        sent = {"code": code} | ({"context": dict(context)} if context is not None else {})
        return understood(TextJudged, self._call("POST", "/api/strategies:validate", json=sent))
