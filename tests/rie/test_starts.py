"""Every packaged function starts as on Lambda, with the variables that template.yaml gives it, and answers. There is no
AWS: what needs the table says so in an orderly way. `scripts/package` builds what is tested."""

import base64
import json
import os
from pathlib import Path

import emulator
import events
import pytest
from template import ROOT, functions, template

# A port on which nothing listens: every call ends at once.
NOWHERE = "http://127.0.0.1:9"
ENDPOINTS = {f"AWS_ENDPOINT_URL_{service}": NOWHERE for service in ("DYNAMODB", "EVENTBRIDGE", "SQS")}
LAMBDA = {"AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "nobody-s", "AWS_SECRET_ACCESS_KEY": "nobody-s"}

# RFC 8037's example of an Ed25519 key.
SECRET_KEY = base64.urlsafe_b64decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=")
PKCS8 = base64.b64encode(bytes.fromhex("302e020100300506032b657004220420") + SECRET_KEY).decode()
PUBLIC_KEY = {"kty": "OKP", "crv": "Ed25519", "kid": "k1", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}

# Of the variables whose value is made when the stack is.
MADE_BY_THE_STACK = {
    "AGENT_SHA256": "0" * 64,
    "AGENT_URL": "https://example.org/lab-agent",
    "CONTROL_PLANE_URL": "https://example.org/api",
    "DIGITALOCEAN_API_URL": NOWHERE,
    "DIGITALOCEAN_TOKEN": "nobody-s",
    "EVENT_BUS_NAME": "bus",
    "INSTALLATION": "test",
    "LINODE_API_URL": NOWHERE,
    "LINODE_TOKEN": "nobody-s",
    "OPERATOR_TOKEN_SHA256": "0" * 64,
    "PORTAL_ORIGIN": "https://example.org",
    "PROVISION_QUEUE_URL": f"{NOWHERE}/123456789012/queue",
    "SESSION_SIGNING_KEY": f"-----BEGIN PRIVATE KEY-----\n{PKCS8}\n-----END PRIVATE KEY-----\n",
    "SESSION_SIGNING_KEY_ID": "k1",
    "SESSION_VERIFYING_KEYS": json.dumps({"keys": [PUBLIC_KEY]}),
    "TABLE_NAME": "table",
}


def value(name, written):
    """What the variable holds: what is said above, or what the template says where that needs no stack."""
    if name in MADE_BY_THE_STACK:
        return MADE_BY_THE_STACK[name]
    parameter = written.get("Ref") if isinstance(written, dict) else None
    default = template()["Parameters"].get(parameter, {}).get("Default") if parameter else written
    assert isinstance(default, str | int), f"template.yaml has a new variable {name}: name its value above"
    return str(default)


@pytest.fixture(params=functions(), ids=lambda function: function.name)
def function(request):
    return request.param


@pytest.fixture
def running(function):
    assert function.program.exists(), f"{function.program} is missing: run scripts/package"
    variables = {name: value(name, written) for name, written in function.variables.items()}
    with emulator.running(function.program, LAMBDA | ENDPOINTS | variables) as running:
        yield running


def test_it_starts_and_answers(function, running, measured):
    if function.route:
        answers_with_a_problem(running.invoke(events.http(*function.route)), 503 if function.name == "health" else None)
    elif function.reads_a_queue:
        answer = running.invoke(events.queue(events.CHANGE, "message"))
        assert answer == {"batchItemFailures": [{"itemIdentifier": "message"}]}, "the message is left in the queue"
    else:
        answer = running.invoke({})
        assert answer["failed"] > 0, "the run ends, and says that it failed"
    measured[function.name] = running.init_ms(), running.peak_mb()


def test_no_path_of_the_machine_that_built_it_is_in_it(function):
    program = function.program.read_bytes()
    for path in (ROOT, Path.home() / ".cargo"):
        assert os.fsencode(path) not in program, "the same sources are to be the same program in whatever folder"


def answers_with_a_problem(answer, status):
    """A problem document of that status; by default one that says what is wrong with the request."""
    assert answer["headers"]["content-type"] == "application/problem+json", answer
    problem = json.loads(answer["body"])
    assert problem["code"] and problem["status"] == answer["statusCode"]
    assert answer["statusCode"] == status if status else 400 <= answer["statusCode"] < 500, answer
