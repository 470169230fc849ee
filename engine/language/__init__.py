"""YAML text to a checked tree to a Program; free of numba, so that the API can validate."""

from engine.language.graph import Graph, Node, Outputs
from engine.language.program import Program, compile_strategy
from engine.language.scripted import Settings, compile_settings
from engine.language.strategy import Parameter
from engine.universe import Universe

__all__ = [
    "Graph",
    "Node",
    "Outputs",
    "Parameter",
    "Program",
    "Settings",
    "Universe",
    "compile_settings",
    "compile_strategy",
]
