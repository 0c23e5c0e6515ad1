"""Runs ministack with one correction: what its HTTP API hands to a function becomes a payload as API Gateway makes it.

ministack 1.5.33 leaves cookies among the headers and sends `null` for what API Gateway leaves out. See
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
`test_gateway.py` fails when this does not take hold.
"""

import uuid


def lawful(event):
    """An HTTP API's event (payload format 2.0) as API Gateway would send it; anything else unchanged."""
    if not isinstance(event, dict) or event.get("version") != "2.0" or "http" not in event.get("requestContext", {}):
        return event
    event = {name: value for name, value in event.items() if value is not None}
    headers = dict(event["headers"])
    cookies = [cookie.strip() for cookie in headers.pop("cookie", "").split(";") if cookie.strip()]
    if cookies:
        event["cookies"] = cookies
    context = event["requestContext"]
    trace = uuid.uuid4().hex
    event["headers"] = {
        **headers,
        "x-amzn-trace-id": f"Root=1-{int(context['timeEpoch'] / 1000):08x}-{trace[:24]}",
        "x-forwarded-for": context["http"]["sourceIp"],
        "x-forwarded-port": "443",
        "x-forwarded-proto": "https",
    }
    event["requestContext"] = {**context, "domainPrefix": context["domainName"].split(".")[0]}
    return event


def main():
    from ministack import app
    from ministack.services import lambda_svc

    execute = lambda_svc._execute_function_with_config_scope
    lambda_svc._execute_function_with_config_scope = lambda function, event: execute(function, lawful(event))
    app.main()


if __name__ == "__main__":
    main()
