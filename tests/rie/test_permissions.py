"""What a function's code can call and what its role in template.yaml allows are the same.

The witness is the packaged program. An operation of an AWS client carries its name in the request's target
(`DynamoDB_20120810.PutItem`), and the linker leaves out what no path of the function leads to. What a transaction does
shows in the messages with which the builders of its parts refuse to build.
"""

import re
from functools import cache

import botocore.session
import pytest
from template import functions

# What the clients in Cargo.toml call, by botocore's names, which here are also those of IAM.
SERVICES = ("dynamodb", "events", "sqs")
PARTS = {"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "ConditionCheck": "ConditionCheckItem"}
PART = rb"table_name was not specified but it is required when building (" + "|".join(PARTS).encode() + rb")"


@cache
def targets():
    """A pattern for each service. Names are written without a gap before whatever stands next, so the longest holds."""
    models = [botocore.session.get_session().get_service_model(service) for service in SERVICES]
    return {
        model.service_name: re.compile(
            re.escape(model.metadata["targetPrefix"]).encode()
            + rb"\.(" + "|".join(sorted(model.operation_names, key=len, reverse=True)).encode() + rb")"
        )
        for model in models
    }


def called(program):
    """The actions of IAM that the program's calls need."""
    for service, target in targets().items():
        for operation in {match[1].decode() for match in target.finditer(program)}:
            if operation != "TransactWriteItems":  # allowed by its parts
                yield f"{service}:{operation}"
    for part in re.finditer(PART, program):
        yield f"dynamodb:{PARTS[part[1].decode()]}"


@pytest.fixture(params=functions(), ids=lambda function: function.name)
def function(request):
    return request.param


def test_the_role_allows_what_the_code_calls_and_nothing_else(function):
    assert function.program.exists(), f"{function.program} is missing: run scripts/package"
    calls = set(called(function.program.read_bytes()))
    assert calls - function.actions == set(), "called, and not allowed in template.yaml"
    assert function.actions - calls == set(), "allowed in template.yaml, and never called"


def test_a_call_is_read_from_a_program_whatever_stands_next_to_it():
    assert set(called(b"..DynamoDB_20120810.BatchGetItemAmazonSQS.SendMessagehttps..AWSEvents.PutEvents")) == {
        "dynamodb:BatchGetItem",
        "sqs:SendMessage",
        "events:PutEvents",
    }


def test_a_transaction_needs_what_its_parts_need():
    refusal = b"table_name was not specified but it is required when building "
    program = b"DynamoDB_20120810.TransactWriteItems" + refusal + b"Put" + refusal + b"Deletekey"
    assert set(called(program)) == {"dynamodb:PutItem", "dynamodb:DeleteItem"}
