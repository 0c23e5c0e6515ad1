"""The events that API Gateway, a queue and a schedule send, as small as they can be."""

import json
import re
import time

TRACE_ID = "0" * 31 + "1"


def http(method, path):
    """A request without a session, in payload format 2.0
    (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html)."""
    parameters = {name: "nobody-s" for name in re.findall(r"{(\w+)}", path)}
    raw_path = path.format(**parameters)
    now_ms = int(time.time() * 1000)
    return {
        "version": "2.0",
        "routeKey": f"{method} {path}",
        "rawPath": raw_path,
        "rawQueryString": "",
        "headers": {"host": "api.example.org", "content-type": "application/json"},
        "pathParameters": parameters,
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "api",
            "domainName": "api.example.org",
            "domainPrefix": "api",
            "http": {
                "method": method,
                "path": raw_path,
                "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.1",
                "userAgent": "test",
            },
            "requestId": "request",
            "routeKey": f"{method} {path}",
            "stage": "$default",
            "time": "01/Jan/2026:00:00:00 +0000",
            "timeEpoch": now_ms,
        },
        "body": "{}",
        "isBase64Encoded": False,
    }


def queue(detail, message_id):
    """One change from the bus, as its rule puts it into the queue."""
    envelope = {"source": "brihaspati", "detail-type": "EnvironmentChanged", "detail": detail}
    return {
        "Records": [
            {
                "messageId": message_id,
                "receiptHandle": "receipt",
                "body": json.dumps(envelope),
                "attributes": {"ApproximateReceiveCount": "1"},
                "messageAttributes": {},
                "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:eu-west-1:123456789012:queue",
                "awsRegion": "eu-west-1",
            }
        ]
    }


CHANGE = {
    "environment_id": "env_01ARZ3NDEKTSV4RRFFQ69G5FAV",
    "class_id": "cls_01ARZ3NDEKTSV4RRFFQ69G5FAV",
    "member_id": "mem_01ARZ3NDEKTSV4RRFFQ69G5FAV",
    "lab": "notes-api",
    "status": "requested",
    "revision": 1,
    "needs": "provision",
    "trace_id": TRACE_ID,
}
