"""template.yaml as CloudFormation gets it: after SAM's transform, which turns each function into several resources."""

from pathlib import Path

import boto3
import pytest
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

ROOT = Path(__file__).resolve().parents[2]
# CloudFormation takes 500; what has less than 200 is also easy to read, to roll back, and to split when it has to be.
MOST_RESOURCES = 199
COUNT = pytest.StashKey[int]()


@pytest.fixture(scope="session")
def written() -> dict:
    """As it stands in the file, with the long forms of CloudFormation's functions."""
    return yaml_parse((ROOT / "template.yaml").read_text())


@pytest.fixture(scope="session")
def resources(request) -> dict[str, dict]:
    """By logical id, after the transform."""
    template = yaml_parse((ROOT / "template.yaml").read_text())
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = "s3://bucket/package.zip"
    values = {name: declared.get("Default", "given") for name, declared in template["Parameters"].items()}
    session = boto3.Session(region_name="eu-west-1")
    transformed = Translator({}, Parser(), boto_session=session).translate(template, values)
    request.config.stash[COUNT] = len(transformed["Resources"])
    return transformed["Resources"]


def pytest_terminal_summary(terminalreporter, config):
    if count := config.stash.get(COUNT, None):
        terminalreporter.write_line(f"template.yaml: {count} resources after SAM's transform, of at most {MOST_RESOURCES}")
