"""A whole installation: the emulator, the pocket cloud and the stack, up together and ended together."""

import json
from pathlib import Path

from botocore.exceptions import ClientError

from . import keys, packages
from .emulator import Emulator
from .pocket import PocketCloud
from .programs import tail
from .stack import Stack
from .template import Template

STACK = "brihaspati"
INSTALLATION = "deployed-test"
INSTALLATION_TAG = f"brihaspati:{INSTALLATION}"
LAST_LINES = 60


class Installation:
    """Deployed as an operator would: secrets first, then the stack. `url` is the portal's origin, which has the API."""

    def __init__(self, folder: Path):
        self.template = Template.read()
        self.packages = packages.functions(self.template)
        self.agent = packages.lab_agent()
        self.secrets = keys.Secrets()
        self._running = []
        try:
            self.emulator = self._start(Emulator(folder / "aws"))
            self.url = self.emulator.portal_origin
            self.pocket = self._start(PocketCloud(folder / "pocket", self.secrets, self.url))
            self.secrets.store(self.emulator)
            self.stack = Stack(self.emulator, STACK, self.url)
            self.parameters = self._parameters()
        except BaseException:
            self.stop()
            raise

    def _start(self, program):
        self._running.append(program)
        return program

    def upload_agent(self, program: bytes) -> str:
        """Where new machines download it."""
        return self.stack.upload("lab-agent-x86_64", program)

    def deploy(self):
        self.stack.create(self.template, self.stack.upload_code(self.packages), self.parameters)

    def update(self, code: dict[str, str] | None = None, **changed: str):
        """Deploys anew, with this code or the same as at first, and with some parameters changed."""
        code = code or self.stack.upload_code(self.packages)
        self.stack.update(self.template, code, {**self.parameters, **changed})

    def run_reaper(self):
        """By hand, as an operator may at any time."""
        name = self.stack.outputs()["ReaperFunctionName"]
        ended = self.emulator.client("lambda").invoke(FunctionName=name)
        assert "FunctionError" not in ended, ended["Payload"].read()

    def _parameters(self) -> dict[str, str]:
        """Those that an operator gives; the others keep the template's defaults."""
        wanted = {
            **packages.parameters(),
            "AcmeDirectories": "",
            "AlarmEmail": "operator@example.org",
            "AgentSha256": self.agent.sha256,
            "AgentUrl": self.upload_agent(self.agent.path.read_bytes()),
            "DigitalOceanApiUrl": self.pocket.url,
            "DigitalOceanTokenSecret": keys.DIGITALOCEAN_TOKEN,
            "Installation": INSTALLATION,
            "LinodeApiUrl": self.pocket.url,
            "LinodeTokenSecret": keys.LINODE_TOKEN,
            "LogLevel": "info",
            "MachineUrl": f"http://{{address}}:{self.pocket.agent_port}",
            "OperatorTokenSha256": self.secrets.operator_token_sha256,
            "PortalOrigin": self.url,
            "SessionKeysSecret": keys.SESSION_KEYS,
        }
        return {name: value for name, value in wanted.items() if name in self.template.parameters}

    def variables(self) -> dict[str, str]:
        """What somebody needs in their environment to use it: the AWS tools, and `brihaspati`."""
        return {
            **self.emulator.variables(),
            "BRIHASPATI_STACK": STACK,
            "BRIHASPATI_URL": self.url,
            "BRIHASPATI_TOKEN": self.secrets.operator_token,
        }

    def logged(self, words: str = "") -> list[str]:
        """The lines that functions wrote which have these words, the oldest first."""
        group = self.stack.physical_ids()["FunctionLogs"]
        pattern = json.dumps(words) if words else ""
        pages = self.emulator.client("logs").get_paginator("filter_log_events")
        found = pages.paginate(logGroupName=group, filterPattern=pattern).build_full_result()["events"]
        return [event["message"].rstrip() for event in sorted(found, key=lambda event: event["timestamp"])]

    def tails(self) -> dict[str, str]:
        """What to read after something failed."""
        try:
            functions = "\n".join(self.logged("level")[-LAST_LINES:])
        except (ClientError, KeyError) as nothing:
            functions = f"there is no log: {nothing}"
        return {
            "functions": functions,
            "pocket cloud": tail(self.pocket.log),
            "ministack": tail(self.emulator.log),
        }

    def stop(self):
        for program in reversed(self._running):
            program.stop()
