"""The AWS that is not ours: ministack on a free loopback port, empty at each start."""

import secrets
import socket
import sys
from pathlib import Path

import boto3
import requests
from botocore.config import Config

from .programs import Program, little_environment

REGION = "eu-west-1"
START_SECS = 60
# What functions find by these variables; on AWS they find it by the region.
SERVICES_OF_FUNCTIONS = ["DYNAMODB", "EVENTBRIDGE", "SQS"]


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Emulator:
    """A running ministack. `url` is where the AWS APIs are."""

    def __init__(self, folder: Path):
        folder.mkdir(parents=True, exist_ok=True)
        port = free_port()
        self.url = f"http://localhost:{port}"
        # The same port, under a name with a dot: only such a name can be a custom domain.
        self.portal_origin = f"http://127.0.0.1:{port}"
        self.log = folder / "ministack.log"
        self._credentials = {
            "aws_access_key_id": "test",
            "aws_secret_access_key": secrets.token_hex(8),
            "region_name": REGION,
        }
        # Functions inherit this environment, as processes of ministack's.
        environment = {
            **little_environment(folder),
            **{f"AWS_ENDPOINT_URL_{service}": self.url for service in SERVICES_OF_FUNCTIONS},
            "AWS_ENDPOINT_URL": self.url,
            "BIND_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(port),
            "IOT_MTLS_ENABLED": "0",
            # As most accounts have it; ministack's own number is of this computer's memory.
            "LAMBDA_ACCOUNT_CONCURRENCY": "1000",
            "LAMBDA_EXECUTOR": "local",
            "MINISTACK_HOST": "localhost",
            "MINISTACK_REGION": REGION,
            "SFTP_ENABLED": "0",
            "STATE_DIR": str(folder),
            "TMPDIR": str(folder),
        }
        program = Path(__file__).with_name("lawful_ministack.py")
        self._program = Program([sys.executable, str(program)], environment, self.log)
        try:
            self._program.wait_until(self._healthy, START_SECS)
        except BaseException:
            self.stop()
            raise

    def _healthy(self) -> bool:
        return requests.get(f"{self.url}/_ministack/health", timeout=5).ok

    def client(self, service: str):
        """A boto3 client for one of its services."""
        patience = Config(connect_timeout=5, read_timeout=60, retries={"max_attempts": 3, "mode": "standard"})
        return boto3.client(service, endpoint_url=self.url, config=patience, **self._credentials)

    def variables(self) -> dict[str, str]:
        """What an AWS tool needs in its environment to meet this AWS instead of the real one."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_REGION": REGION,
            "AWS_ACCESS_KEY_ID": self._credentials["aws_access_key_id"],
            "AWS_SECRET_ACCESS_KEY": self._credentials["aws_secret_access_key"],
        }

    def stop(self):
        self._program.stop()
