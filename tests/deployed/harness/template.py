"""What template.yaml says, read as CloudFormation reads it."""

import copy
import json
from dataclasses import dataclass
from pathlib import Path

from samtranslator.yaml_helper import yaml_parse

ROOT = Path(__file__).resolve().parents[3]

# What ministack 1.5.33 refuses, and what is not seen here because of it.
REFUSED_TYPES = {
    "AWS::Budgets::Budget": "nothing costs anything here",
    "AWS::CloudWatch::CompositeAlarm": "the alarms it is made of are created",
    "AWS::Events::Archive": "nothing is replayed",
    "AWS::Events::EventBusPolicy": "permissions are not enforced here",
    "AWS::SQS::QueueInlinePolicy": "permissions are not enforced here",
}


def refusal(resource: dict) -> str | None:
    """Why ministack does not take a resource; None where it does."""
    if reason := REFUSED_TYPES.get(resource["Type"]):
        return reason
    if resource["Type"] == "AWS::CloudWatch::Alarm" and "Metrics" in resource.get("Properties", {}):
        return "metric math is not evaluated here"
    return None


@dataclass(frozen=True)
class Route:
    """One `HttpApi` event: the method and the path lead to the function of this logical id."""

    key: str
    function: str


class Template:
    def __init__(self, document: dict):
        self.document = document
        self.left_out = {id: why for id, resource in self.resources.items() if (why := refusal(resource))}

    @classmethod
    def read(cls, path: Path = ROOT / "template.yaml") -> "Template":
        return cls(yaml_parse(path.read_text()))

    @property
    def resources(self) -> dict[str, dict]:
        return self.document["Resources"]

    @property
    def parameters(self) -> dict[str, dict]:
        return self.document["Parameters"]

    def of_type(self, kind: str) -> dict[str, dict]:
        """Properties by logical id."""
        found = {id: resource for id, resource in self.resources.items() if resource["Type"] == kind}
        return {id: resource.get("Properties", {}) for id, resource in found.items()}

    def functions(self) -> dict[str, str]:
        """The name of each function's folder and package, by logical id."""
        uris = {id: properties["CodeUri"] for id, properties in self.of_type("AWS::Serverless::Function").items()}
        return {id: uri.rstrip("/").rsplit("/", 1)[-1] for id, uri in uris.items()}

    @property
    def api(self) -> str:
        """The logical id of its one HTTP API."""
        (api,) = self.of_type("AWS::Serverless::HttpApi")
        return api

    def routes(self) -> list[Route]:
        routes = []
        for id, properties in self.of_type("AWS::Serverless::Function").items():
            for event in properties.get("Events", {}).values():
                if event["Type"] == "HttpApi":
                    told = event["Properties"]
                    routes.append(Route(f"{told['Method'].upper()} {told['Path']}", id))
        return routes

    def reserved_concurrency(self, parameters: dict[str, str]) -> dict[str, int]:
        """What functions keep for themselves where the template is given these parameters, by logical id."""
        name = "ReservedConcurrentExecutions"
        functions = self.of_type("AWS::Serverless::Function").items()
        reserved = {id: self._settled(properties.get(name), parameters) for id, properties in functions}
        return {id: int(count) for id, count in reserved.items() if count is not None}

    def _settled(self, value, parameters: dict[str, str]):
        """A value without the functions that conditions are made of."""
        match value:
            case {"Ref": "AWS::NoValue"}:
                return None
            case {"Ref": name}:
                return parameters.get(name, self.parameters[name].get("Default"))
            case {"Condition": name}:
                return self._settled(self.document["Conditions"][name], parameters)
            case {"Fn::If": [condition, yes, no]}:
                return self._settled(yes if self._settled({"Condition": condition}, parameters) else no, parameters)
            case {"Fn::Equals": [left, right]}:
                return str(self._settled(left, parameters)) == str(self._settled(right, parameters))
            case {"Fn::Not": [condition]}:
                return not self._settled(condition, parameters)
            case {"Fn::And": conditions}:
                return all(self._settled(condition, parameters) for condition in conditions)
            case {"Fn::Or": conditions}:
                return any(self._settled(condition, parameters) for condition in conditions)
            case dict():
                raise ValueError(f"{value} is not understood in a condition")
        return value

    def deployable(self, code: dict[str, str], parameters: dict[str, str], api_url: str) -> str:
        """As JSON, with the functions' code at these S3 addresses and the API at its own, without what is left out."""
        document = copy.deepcopy(self.document)
        for id in self.left_out:
            del document["Resources"][id]
        for id, address in code.items():
            document["Resources"][id]["Properties"]["CodeUri"] = address
        document["Outputs"]["ApiUrl"]["Value"] = {"Fn::Sub": api_url}
        # CloudFormation reads a secret again where a property's value changes, ministack where the text of one does.
        return json.dumps(document).replace("${SecretsRevision}", self._settled({"Ref": "SecretsRevision"}, parameters))
