"""What template.yaml says of each function: its program, its triggers, its variables, and what its role allows."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from samcli.yamlhelper import yaml_parse

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Function:
    name: str
    program: Path
    variables: dict
    triggers: tuple
    actions: frozenset

    @property
    def route(self):
        """Method and path of its first route; None for a function that no request reaches."""
        routes = [(t["Properties"]["Method"], t["Properties"]["Path"]) for t in self.triggers if t["Type"] == "HttpApi"]
        return routes[0] if routes else None

    @property
    def reads_a_queue(self):
        return any(trigger["Type"] == "SQS" for trigger in self.triggers)


@cache
def template():
    return yaml_parse((ROOT / "template.yaml").read_text())


def functions():
    everywhere = template()["Globals"]["Function"]["Environment"]["Variables"]
    return [
        function(resource["Properties"], everywhere)
        for resource in template()["Resources"].values()
        if resource["Type"] == "AWS::Serverless::Function"
    ]


def function(properties, everywhere):
    folder = ROOT / properties["CodeUri"]
    return Function(
        name=folder.name,
        program=folder / "bootstrap",
        variables=everywhere | properties.get("Environment", {}).get("Variables", {}),
        triggers=tuple(properties.get("Events", {}).values()),
        actions=frozenset(allowed(properties)),
    )


def allowed(properties):
    """What the role may do. Policies are written out: a managed one would allow what nobody here wrote."""
    for policy in properties.get("Policies", []):
        for statement in policy["Statement"]:
            assert statement["Effect"] == "Allow", "tests/rie does not know what a Deny takes away"
            actions = statement["Action"]
            yield from [actions] if isinstance(actions, str) else actions
