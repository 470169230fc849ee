"""Reads template.yaml: which functions there are, what calls them, which queues they use, what their environment says."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from infra.local.errors import StackError

TEMPLATE = Path(__file__).parents[2] / "template.yaml"
SCHEDULES = ("Schedule", "ScheduleV2")
Lookup = Callable[[str, str], str]
"""lookup(logical id, attribute): what a resource is called where it was made; attribute "Ref" for !Ref."""


@dataclass(frozen=True)
class QueueSource:
    """A queue whose messages call a function (an event source mapping)."""

    queue_arn: str
    batch_size: int
    partial_failures: bool
    """The function answers with the messages that failed (ReportBatchItemFailures); otherwise a batch fails or succeeds as a whole."""
    concurrency: int
    """Environments at the same time, at most; 1 if the template does not say."""


@dataclass(frozen=True)
class Schedule:
    expression: str
    timezone: str
    input: str | None = None
    """The event that it sends, as JSON; None: the one that a clock sends."""


@dataclass(frozen=True)
class Function:
    """One Lambda function, all references resolved."""

    name: str
    handler: str
    timeout: float
    memory: int
    environment: dict[str, str]
    queues: tuple[QueueSource, ...]
    schedules: tuple[Schedule, ...]


@dataclass(frozen=True)
class PackageSpec:
    """What a function is deployed as: paths in the repository, as the template names them."""

    code: str | None
    """Its zip; None: it runs from a container image."""
    layers: tuple[str, ...]


@dataclass(frozen=True)
class QueueSpec:
    name: str
    properties: dict[str, Any]
    """As in CloudFormation, unresolved; RedrivePolicy may name another queue."""

    @property
    def dead_letters(self) -> bool:
        return "RedrivePolicy" in self.properties


class Template:
    """A SAM template with values for its parameters."""

    def __init__(self, text: str, parameters: Mapping[str, str], path: str = "template.yaml") -> None:
        self._tree = tree_of(text, path)
        declared = self._tree.get("Parameters", {})
        unknown = sorted(parameters.keys() - declared.keys())
        if unknown:
            raise StackError(f"{path} has no parameter {', '.join(unknown)}")
        self.parameters = {name: str(row["Default"]) for name, row in declared.items() if "Default" in row} | dict(parameters)
        missing = sorted(declared.keys() - self.parameters.keys())
        if missing:
            raise StackError(f"{path} needs a value for {', '.join(missing)}")

    def queues(self) -> list[QueueSpec]:
        """In the order in which they can be made: dead-letter queues first."""
        found = [QueueSpec(name, row.get("Properties", {})) for name, row in self._resources("AWS::SQS::Queue")]
        return sorted(found, key=lambda queue: queue.dead_letters)

    def buses(self, lookup: Lookup) -> dict[str, str]:
        """Event buses: name by logical id."""
        return {name: str(self.resolve(row["Properties"]["Name"], lookup)) for name, row in self._resources("AWS::Events::EventBus")}

    def functions(self, lookup: Lookup) -> dict[str, Function]:
        shared = self._tree.get("Globals", {}).get("Function", {})
        return {name: self._function(name, shared, row["Properties"], lookup) for name, row in self._resources("AWS::Serverless::Function")}

    def packages(self) -> dict[str, PackageSpec]:
        """By the function's name."""
        layers = {name: row["Properties"]["ContentUri"] for name, row in self._resources("AWS::Serverless::LayerVersion")}
        rows = {name: row["Properties"] for name, row in self._resources("AWS::Serverless::Function")}
        return {
            name: PackageSpec(row.get("CodeUri"), tuple(layers[layer["Ref"]] for layer in row.get("Layers", [])))
            for name, row in rows.items()
        }

    def resolve(self, node: Any, lookup: Lookup) -> Any:
        """A value with every reference in it replaced."""
        if isinstance(node, list):
            return [self.resolve(item, lookup) for item in node]
        if not isinstance(node, dict):
            return node
        if len(node) == 1:
            (key, value), *_ = node.items()
            if key == "Ref" or key.startswith("Fn::"):
                return self._intrinsic(key, value, lookup)
        return {key: self.resolve(value, lookup) for key, value in node.items()}

    def _intrinsic(self, key: str, value: Any, lookup: Lookup) -> Any:
        match key:
            case "Ref":
                return self._reference(value, "Ref", lookup)
            case "Fn::GetAtt":
                return self._reference(value[0], value[1], lookup)
            case "Fn::Sub":
                return re.sub(r"\$\{([\w:]+)(?:\.(\w+))?\}", lambda found: self._reference(found[1], found[2] or "Ref", lookup), value)
            case "Fn::If":
                condition = self.resolve(self._tree["Conditions"][value[0]], lookup)
                return self.resolve(value[1 if condition else 2], lookup)
            case "Fn::Equals":
                return str(self.resolve(value[0], lookup)) == str(self.resolve(value[1], lookup))
        raise StackError(
            f"template.yaml uses {key}, which the local stack does not know", "write it with !Ref, !GetAtt, !Sub, !If or !Equals"
        )

    def _reference(self, name: str, attribute: str, lookup: Lookup) -> str:
        return self.parameters[name] if attribute == "Ref" and name in self.parameters else lookup(name, attribute)

    def _resources(self, kind: str) -> list[tuple[str, dict[str, Any]]]:
        return [(name, row) for name, row in self._tree.get("Resources", {}).items() if row["Type"] == kind]

    def _function(self, name: str, shared: dict[str, Any], own: dict[str, Any], lookup: Lookup) -> Function:
        properties = shared | own
        variables = {**shared.get("Environment", {}).get("Variables", {}), **own.get("Environment", {}).get("Variables", {})}
        events = [self.resolve(event, lookup) for event in own.get("Events", {}).values() if event["Type"] in ("SQS", *SCHEDULES)]
        handler = properties.get("Handler") or properties.get("ImageConfig", {}).get("Command", [None])[0]
        if not handler:
            raise StackError(f"{name} in template.yaml names no handler", "give it Handler, or ImageConfig with a Command")
        return Function(
            name=name,
            handler=handler,
            timeout=float(self.resolve(properties.get("Timeout", 3), lookup)),
            memory=int(self.resolve(properties.get("MemorySize", 128), lookup)),
            environment={key: _text(self.resolve(value, lookup)) for key, value in variables.items()},
            queues=tuple(_queue_source(event["Properties"]) for event in events if event["Type"] == "SQS"),
            schedules=tuple(
                _schedule(event["Properties"]) for event in events if event["Type"] in SCHEDULES and _enabled(event["Properties"])
            ),
        )


def read(parameters: Mapping[str, str], path: Path = TEMPLATE) -> Template:
    return Template(path.read_text(), parameters, path.name)


def tree_of(text: str, path: str = "template.yaml") -> dict[str, Any]:
    """The whole of a template, its short tags in their long forms, nothing resolved."""
    try:
        tree: dict[str, Any] = yaml.load(text, _Loader)  # noqa: S506  a SafeLoader that knows CloudFormation's tags
    except yaml.YAMLError as error:
        raise StackError(f"{path} is no YAML: {error}") from error
    return tree


def parameter_names(path: Path = TEMPLATE) -> tuple[str, ...]:
    """What the template asks for, so that settings of the same names can be handed in."""
    return tuple(tree_of(path.read_text(), path.name).get("Parameters", {}))


def page_headers(values: Mapping[str, str], path: Path = TEMPLATE) -> dict[str, str]:
    """What the CDN says of each page for its safety; `values` are those of parameters and pseudo parameters that it names."""
    rows = tree_of(path.read_text(), path.name)["Resources"]["WebHeaders"]["Properties"]["ResponseHeadersPolicyConfig"][
        "SecurityHeadersConfig"
    ]
    policy = re.sub(r"\$\{([\w:]+)\}", lambda found: values[found[1]], rows["ContentSecurityPolicy"]["ContentSecurityPolicy"]["Fn::Sub"])
    return {
        "content-security-policy": policy.strip(),
        "x-content-type-options": "nosniff",
        "x-frame-options": rows["FrameOptions"]["FrameOption"],
        "referrer-policy": rows["ReferrerPolicy"]["ReferrerPolicy"],
    }


def _queue_source(properties: dict[str, Any]) -> QueueSource:
    return QueueSource(
        queue_arn=str(properties["Queue"]),
        batch_size=int(properties.get("BatchSize", 10)),
        partial_failures="ReportBatchItemFailures" in properties.get("FunctionResponseTypes", []),
        concurrency=int(properties.get("ScalingConfig", {}).get("MaximumConcurrency", 1)),
    )


def _enabled(properties: dict[str, Any]) -> bool:
    return properties.get("Enabled", True) is True


def _text(value: Any) -> str:
    """As CloudFormation writes it into an environment."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _schedule(properties: dict[str, Any]) -> Schedule:
    expression = properties.get("Schedule") or properties["ScheduleExpression"]
    return Schedule(str(expression), str(properties.get("ScheduleExpressionTimezone", "UTC")), properties.get("Input"))


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short tags, read as their long forms: !Ref x is {"Ref": x}."""


def _long_form(loader: yaml.SafeLoader, suffix: str, node: yaml.SequenceNode | yaml.ScalarNode) -> dict[str, Any]:
    value: Any = loader.construct_sequence(node, deep=True) if isinstance(node, yaml.SequenceNode) else loader.construct_scalar(node)
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _long_form)
