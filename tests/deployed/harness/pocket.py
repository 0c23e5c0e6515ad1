"""The pocket cloud: Linode and DigitalOcean on loopback, whose machines run the real lab agent in sandboxes."""

import socket
from pathlib import Path
from secrets import token_hex

import requests

from .emulator import free_port
from .keys import Secrets
from .packages import program
from .programs import Program, little_environment

START_SECS = 30
# The agent's port and the eight of its web tabs.
PORTS_OF_A_MACHINE = 9


class PocketCloud:
    """A running pocket cloud. Its machines may call the control plane and nothing else."""

    def __init__(self, folder: Path, secrets: Secrets, control_plane: str):
        folder.mkdir(parents=True, exist_ok=True)
        self.url = f"http://127.0.0.1:{free_port()}"
        self.log = folder / "pocket-cloud.log"
        self._tokens = {"v4": secrets.linode_token, "v2": secrets.digitalocean_token}
        self.agent_port = free_ports(PORTS_OF_A_MACHINE)
        self._environment = little_environment(folder)
        self._words = [str(program("pocket-cloud")), "--listen", self.url.removeprefix("http://")]
        self._words += ["--agent-port", str(self.agent_port), "--egress", control_plane.removeprefix("http://")]
        self._words += ["--state-dir", str(folder / "records")]
        self._start()

    def _start(self):
        tokens = {
            "POCKET_CLOUD_LINODE_TOKEN": self._tokens["v4"],
            "POCKET_CLOUD_DIGITALOCEAN_TOKEN": self._tokens["v2"],
        }
        self._program = Program(self._words, {**self._environment, **tokens}, self.log)
        try:
            self._program.wait_until(lambda: self._call("GET", "v2", "/account").ok, START_SECS)
        except BaseException:
            self.stop()
            raise

    def _call(self, method: str, version: str, path: str, **options) -> requests.Response:
        headers = {"Authorization": f"Bearer {self._tokens[version]}"}
        return requests.request(method, f"{self.url}/{version}{path}", headers=headers, timeout=20, **options)

    def machines(self, tag: str) -> list[dict]:
        """What both providers list under this tag: id, label and tags of each."""
        linodes = self._call("GET", "v4", "/linode/instances?page_size=500").json()["data"]
        droplets = self._call("GET", "v2", "/droplets?per_page=200").json()["droplets"]
        listed = linodes + [{**droplet, "label": droplet["name"]} for droplet in droplets]
        return [machine for machine in listed if tag in machine["tags"]]

    def rent_linode(self, label: str, tags: list[str]):
        """Rents a machine past the product, as somebody could who has the account's token."""
        wanted = {"region": "eu-central", "type": "g6-nanode-1", "image": "linode/debian12", "root_pass": token_hex(16)}
        answer = self._call("POST", "v4", "/linode/instances", json={**wanted, "label": label, "tags": tags})
        assert answer.ok, answer.text

    def replace_digitalocean_token(self, token: str):
        """Revokes the one before. The account and its machines stay; the machines boot anew."""
        self.stop()
        self._tokens["v2"] = token
        self._start()

    def stop(self):
        self._program.stop()


def free_ports(count: int) -> int:
    """The first of so many free ports in a row."""
    while True:
        first = free_port()
        try:
            for port in range(first, first + count):
                with socket.socket() as listener:
                    listener.bind(("127.0.0.1", port))
            return first
        except (OSError, OverflowError):
            continue
