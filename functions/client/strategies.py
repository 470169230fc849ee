"""Strategies: texts with immutable versions, the templates, and what a text may say."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from functions.api.answers import StrategyVersionShown, TemplateList, TemplateShown
from functions.api.language_shapes import Language, TextJudged
from functions.api.strategy_shapes import StrategyFull, StrategyList, StrategyListed, VersionList, VersionListed
from functions.client.calls import Calls, understood


class StrategyCalls(Calls):
    def create_strategy(self, code: str, name: str | None = None, tags: Sequence[str] = ()) -> StrategyFull:
        """A kept text. CONFLICT where there is one of this name (omitted: the text's)."""
        return self._write(StrategyFull, "/api/strategies", {"code": code, "name": name, "tags": list(tags)})

    def strategies(self, name: str = "", tag: str = "") -> Iterator[StrategyListed]:
        """Newest first; those whose names begin with `name` and that have the tag."""
        for page in self._pages(StrategyList, "/api/strategies", {"name": name or None, "tag": tag or None}):
            yield from page.items

    def strategy(self, strategy_id: str) -> StrategyFull:
        """With its newest text."""
        return self._read(StrategyFull, f"/api/strategies/{strategy_id}")

    def change_strategy(self, strategy_id: str, name: str | None = None, tags: Sequence[str] | None = None) -> StrategyFull:
        """What is None stays."""
        body = {"name": name, "tags": None if tags is None else list(tags)}
        return self._write(StrategyFull, f"/api/strategies/{strategy_id}", body, method="PATCH")

    def delete_strategy(self, strategy_id: str) -> None:
        """Its versions stay while results refer to one of them."""
        self._delete(f"/api/strategies/{strategy_id}")

    def create_version(self, strategy_id: str, code: str) -> StrategyVersionShown:
        """The newest text from now on; the newest version itself where it says the same."""
        return self._write(StrategyVersionShown, f"/api/strategies/{strategy_id}/versions", {"code": code})

    def strategy_versions(self, strategy_id: str) -> Iterator[VersionListed]:
        """Newest first, without their texts."""
        for page in self._pages(VersionList, f"/api/strategies/{strategy_id}/versions"):
            yield from page.items

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
