"""What functions are handed is a payload as API Gateway makes it: a function that only answers its event says so."""

import io
import json
import zipfile

import pytest
import requests

ECHO = "import json\ndef handle(event, context):\n    return {'statusCode': 200, 'body': json.dumps(event)}\n"

# https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
ALWAYS = {"version", "routeKey", "rawPath", "rawQueryString", "headers", "requestContext", "isBase64Encoded"}
SOMETIMES = {"cookies", "queryStringParameters", "body", "pathParameters", "stageVariables"}
CONTEXT = {"accountId", "apiId", "domainName", "domainPrefix", "http", "requestId", "routeKey", "stage", "time"}
CONTEXT |= {"timeEpoch"}
HTTP = {"method", "path", "protocol", "sourceIp", "userAgent"}


@pytest.fixture(scope="module")
def echo(installation):
    """Where a function answers with the event it was handed."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as files:
        files.writestr("echo.py", ECHO)
    functions, gateway = installation.emulator.client("lambda"), installation.emulator.client("apigatewayv2")
    made = functions.create_function(
        FunctionName="echo",
        Runtime="python3.12",
        Handler="echo.handle",
        Role="arn:aws:iam::000000000000:role/echo",
        Code={"ZipFile": archive.getvalue()},
    )
    api = installation.stack.physical_ids()[installation.template.api]
    integration = gateway.create_integration(
        ApiId=api, IntegrationType="AWS_PROXY", IntegrationUri=made["FunctionArn"], PayloadFormatVersion="2.0"
    )["IntegrationId"]
    target = f"integrations/{integration}"
    keys = ["GET /api/echo", "POST /api/echo/{thing}"]
    routes = [gateway.create_route(ApiId=api, RouteKey=key, Target=target)["RouteId"] for key in keys]
    yield f"{installation.url}/api/echo"
    for route in routes:
        gateway.delete_route(ApiId=api, RouteId=route)
    gateway.delete_integration(ApiId=api, IntegrationId=integration)
    functions.delete_function(FunctionName="echo")
    # Lambda makes it by itself, and leaves it.
    installation.emulator.client("logs").delete_log_group(logGroupName="/aws/lambda/echo")


def check(event: dict):
    assert ALWAYS <= event.keys() <= ALWAYS | SOMETIMES
    assert event["requestContext"].keys() == CONTEXT
    assert event["requestContext"]["http"].keys() == HTTP
    assert event["requestContext"]["stage"] == "$default"
    assert "null" not in json.dumps(event), "API Gateway leaves out what it has not"
    headers = event["headers"]
    assert all(name == name.lower() and isinstance(value, str) for name, value in headers.items())
    assert {"host", "x-amzn-trace-id", "x-forwarded-for", "x-forwarded-port", "x-forwarded-proto"} <= headers.keys()
    assert "cookie" not in headers


def test_a_read_reaches_functions_as_api_gateway_would_send_it(echo):
    event = requests.get(f"{echo}?lab=one&lab=two", headers={"Cookie": "a=1; b=2"}, timeout=30).json()
    check(event)
    assert event["cookies"] == ["a=1", "b=2"]
    assert (event["rawPath"], event["rawQueryString"]) == ("/api/echo", "lab=one&lab=two")
    assert event["queryStringParameters"] == {"lab": "one,two"}
    assert not event.keys() & {"body", "pathParameters"}


def test_a_write_reaches_functions_as_api_gateway_would_send_it(echo):
    event = requests.post(f"{echo}/a-thing", json={"a": "ü"}, timeout=30).json()
    check(event)
    assert (event["routeKey"], event["pathParameters"]) == ("POST /api/echo/{thing}", {"thing": "a-thing"})
    assert (json.loads(event["body"]), event["isBase64Encoded"]) == ({"a": "ü"}, False)
    assert "cookies" not in event


def test_a_path_without_a_route_is_not_found(installation):
    answer = requests.get(f"{installation.url}/api/no-such-thing", timeout=30)
    assert (answer.status_code, answer.json()) == (404, {"message": "Not Found"})
