"""Which settings are secrets, and which functions read them: a group is one JSON object in Secrets Manager."""

from collections.abc import Mapping

GROUPS: Mapping[str, tuple[str, ...]] = {
    "shared": ("DATABASE_URL", "SENTRY_DSN"),
    "api": ("SUPABASE_JWT_SECRET",),
    "messages": ("MESSAGES_SECRET",),
    "tushare": ("TUSHARE_TOKEN",),
}
"""Settings by the name of their group. template.yaml says which function may read which group."""


def secret_name(stage: str, group: str) -> str:
    return f"lianghu/{stage}/{group}"


def grouped(stage: str, values: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """What each secret holds, by its name; a setting that has no value is left out."""
    return {secret_name(stage, group): {name: values[name] for name in names if values.get(name)} for group, names in GROUPS.items()}
