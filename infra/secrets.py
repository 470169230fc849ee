"""What each secret of a stage holds; which settings are secrets is said in functions/secrets.py."""

from collections.abc import Mapping

from functions.secrets import GROUPS, secret_name

__all__ = ["GROUPS", "grouped", "secret_name"]


def grouped(stage: str, values: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """By the names of the secrets; a setting that has no value is left out, and a secret without settings is an empty object."""
    return {secret_name(stage, group): {name: values[name] for name in names if values.get(name)} for group, names in GROUPS.items()}
