"""Who may do what, as the translated template says it: statements of each function's role, and whether one of them allows a call."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from infra.local.template import Lookup, Template


@dataclass(frozen=True)
class Statement:
    """Of one function's role. IAM knows more, and `statements_of` refuses whatever else there is."""

    function: str
    policy: str
    """Logical id of a policy that several have; empty: the role's own."""
    number: int
    actions: tuple[str, ...]
    resources: tuple[str, ...]

    def allows(self, action: str, resource: str) -> bool:
        return any(_fits(pattern, action) for pattern in self.actions) and any(_fits(pattern, resource) for pattern in self.resources)

    @property
    def parts(self) -> list[tuple[str, str]]:
        """Each action with each resource."""
        return [(action, resource) for action in self.actions for resource in self.resources]


def statements_of(template: Template, tree: Mapping[str, Any], lookup: Lookup) -> dict[str, list[Statement]]:
    """By the function's name; `tree` is the translated template."""
    resources = tree["Resources"]
    found: dict[str, list[Statement]] = {}
    for name, row in resources.items():
        if row["Type"] != "AWS::Lambda::Function":
            continue
        role = resources[row["Properties"]["Role"]["Fn::GetAtt"][0]]["Properties"]
        assert role.keys() == {"AssumeRolePolicyDocument", "ManagedPolicyArns", "Policies"}, name
        documents = [(policy["Ref"], resources[policy["Ref"]]["Properties"]["PolicyDocument"]) for policy in role["ManagedPolicyArns"]]
        documents += [("", policy["PolicyDocument"]) for policy in role["Policies"]]
        found[name] = [
            _statement(name, policy, number, template.resolve(row, lookup))
            for policy, document in documents
            for number, row in enumerate(document["Statement"])
        ]
    return found


def allowed(statements: Iterable[Statement], action: str, resource: str) -> bool:
    return any(each.allows(action, resource) for each in statements)


def _statement(function: str, policy: str, number: int, row: Mapping[str, Any]) -> Statement:
    assert row.keys() == {"Effect", "Action", "Resource"} and row["Effect"] == "Allow", (function, row)
    return Statement(function, policy, number, _several(row["Action"]), _several(row["Resource"]))


def _several(value: str | list[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _fits(pattern: str, text: str) -> bool:
    return _compiled(pattern).fullmatch(text) is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile("".join({"*": ".*", "?": "."}.get(letter, re.escape(letter)) for letter in pattern), re.DOTALL)
