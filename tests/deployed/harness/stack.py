"""The stack that CloudFormation makes of template.yaml, in the emulator."""

import time

from .gaps import fill_gaps
from .packages import Package
from .template import Template

DEADLINE_SECS = 120
BUCKET = "brihaspati-deployment"
BUSY = "_IN_PROGRESS"
# The portal, as far as anybody looks at it here.
PAGE = b"<!doctype html><title>Brihaspati</title>"


class Refused(Exception):
    """A create or an update failed; the message has what CloudFormation's events say."""


class Stack:
    def __init__(self, emulator, name: str, origin: str):
        self.name = name
        self._origin = origin
        self._emulator = emulator
        self._formation = emulator.client("cloudformation")
        self._s3 = emulator.client("s3")
        self._s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        self._page = self.upload("portal/", PAGE, "text/html")

    def upload(self, key: str, body: bytes, kind: str = "application/octet-stream") -> str:
        """Puts something where CloudFormation, and a lab machine, can download it; its URL."""
        self._s3.put_object(Bucket=BUCKET, Key=key, Body=body, ContentType=kind)
        return f"{self._emulator.url}/{BUCKET}/{key}"

    def upload_code(self, packages: dict[str, Package]) -> dict[str, str]:
        """Puts the functions' packages there; the address of each, by logical id."""
        code = {}
        for id, package in packages.items():
            key = f"functions/{package.sha256}.zip"
            self.upload(key, package.path.read_bytes())
            code[id] = f"s3://{BUCKET}/{key}"
        return code

    def create(self, template: Template, code: dict[str, str], parameters: dict[str, str]):
        self._send(self._formation.create_stack, template, code, parameters)
        self._settle("CREATE_COMPLETE")
        self._fill_gaps(template, parameters)

    def update(self, template: Template, code: dict[str, str], parameters: dict[str, str]):
        """Raises `Refused` where the update failed, with the stack rolled back to what it was."""
        self._send(self._formation.update_stack, template, code, parameters)
        self._settle("UPDATE_COMPLETE")
        self._fill_gaps(template, parameters)

    def _fill_gaps(self, template: Template, parameters: dict[str, str]):
        fill_gaps(self._emulator, template, parameters, self.physical_ids(), self._origin, self._page)

    def _send(self, operation, template, code, parameters):
        # AWS's own name for it leads to AWS. The path is ministack's.
        api_url = f"{self._emulator.url}/_aws/execute-api/${{{template.api}}}/$default"
        operation(
            StackName=self.name,
            TemplateURL=self.upload("template.json", template.deployable(code, parameters, api_url).encode()),
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
            Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()],
        )

    def _settle(self, wanted: str):
        deadline = time.monotonic() + DEADLINE_SECS
        while (status := self.status()).endswith(BUSY):
            if time.monotonic() > deadline:
                raise Refused(f"{self.name} is {status} for {DEADLINE_SECS} s")
            time.sleep(0.2)
        if status != wanted:
            raise Refused(f"{self.name} is {status}: {self._complaints()}")

    def _complaints(self) -> str:
        events = self._formation.describe_stack_events(StackName=self.name)["StackEvents"]
        failed = [event for event in events if event["ResourceStatus"].endswith("_FAILED")]
        return "; ".join(f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason')}" for event in failed)

    def _described(self) -> dict:
        return self._formation.describe_stacks(StackName=self.name)["Stacks"][0]

    def status(self) -> str:
        return self._described()["StackStatus"]

    def outputs(self) -> dict[str, str]:
        return {told["OutputKey"]: told["OutputValue"] for told in self._described().get("Outputs", [])}

    def physical_ids(self) -> dict[str, str]:
        """By logical id, those of the SAM transform included."""
        pages = self._formation.get_paginator("list_stack_resources").paginate(StackName=self.name)
        told = [resource for page in pages for resource in page["StackResourceSummaries"]]
        return {resource["LogicalResourceId"]: resource["PhysicalResourceId"] for resource in told}
