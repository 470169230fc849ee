"""Which packages there are and what they hold besides what their imports say: the builder's tables."""

from dataclasses import dataclass

OURS = ("engine", "datalake", "functions")
"""Packages of ours that functions are made of."""


@dataclass(frozen=True)
class Function:
    """`budget` is MiB unzipped, its layers with it; Lambda takes 250. `also` names modules that only the environment names."""

    name: str
    module: str
    layers: tuple[str, ...]
    budget: int
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Layer:
    """`holds` names distributions; None: whatever every function needs."""

    name: str
    holds: tuple[str, ...] | None
    kernels: bool = False


@dataclass(frozen=True)
class Hidden:
    """A library that another one loads without its metadata saying so."""

    distribution: str
    needs: str
    why: str


@dataclass(frozen=True)
class Data:
    """Files that a module reads beside the code, as patterns from the root."""

    module: str
    patterns: tuple[str, ...]


COMMON, NUMERIC = "common-layer", "numeric-layer"

LAYERS = (
    Layer(COMMON, None),
    Layer(NUMERIC, ("numba", "llvmlite"), kernels=True),
)

FUNCTIONS = (
    Function("api", "functions.api.app", (COMMON,), 106),
    Function("responder", "functions.responder", (COMMON,), 106),
    Function("worker", "functions.worker", (COMMON, NUMERIC), 249, also=("functions.kernel_cache",)),
    Function("aggregator", "functions.aggregator", (COMMON,), 90),
    Function("sweeper", "functions.sweeper", (COMMON,), 89),
    Function("archiver", "functions.archiver", (COMMON,), 89),
)

IMAGE = "tables-image"
IMAGE_MODULES = ("functions.planner", "functions.ingest")
IMAGE_ALSO = ("awslambdaric",)
"""The runtime's client, which Lambda brings to a zip but not to an image."""

HIDDEN = (
    Hidden("aws-lambda-powertools", "aws-xray-sdk", "the extra `tracer`: functions.tracing loads it where X-Ray is on"),
    Hidden("psycopg", "psycopg-binary", "the extra `binary`: libpq with it"),
    Hidden("pyjwt", "cryptography", "the extra `crypto`: ES256 and RS256"),
    Hidden("tushare", "six", "it imports it and does not say so"),
)

NAMED = ("numba", "llvmlite")
"""Libraries whose versions every function tells (functions.identity), though few load them: their metadata is with everybody."""

DATA = (
    Data("functions.identity", ("engine/**/*.py",)),
    Data("functions.templates", ("engine/templates/*.yaml",)),
    Data("functions.reports.rendering", ("functions/pages/*.html",)),
)
