"""The terminal of a machine, as docs/protocol.md describes it for browsers."""

import json
import time
from contextlib import contextmanager

from websockets.sync.client import connect
from websockets.typing import Subprotocol

DEADLINE_SECS = 20


@contextmanager
def terminal(access: dict, origin: str):
    """The terminal that an environment's `access` leads to, open until the block ends."""
    protocols = [Subprotocol("brihaspati.terminal.v1")]
    options = {"subprotocols": protocols, "open_timeout": DEADLINE_SECS, "proxy": None}
    with connect(access["terminal_url"], origin=origin, **options) as socket:
        yield Terminal(socket, access["secret"])


class Terminal:
    """`output` is everything the machine has drawn."""

    def __init__(self, socket, secret: str):
        self.output = ""
        self._seq = 0
        self._socket = socket
        self._send({"type": "hello", "secret": secret, "client": "tab-1", "cols": 100, "rows": 30})
        self._hear("welcome")

    def type(self, text: str):
        """Types, and waits until the machine says that the shell has it."""
        self._seq += 1
        self._send({"type": "input", "seq": self._seq, "data": text})
        self._hear("ack")

    def check(self):
        """Asks the machine to run the lab's checks."""
        self._send({"type": "check"})

    def expect(self, text: str):
        """Waits until the machine has drawn this."""
        self._read_until(lambda _: text in self.output, f"to read {text!r}")

    def _hear(self, kind: str):
        self._read_until(lambda message: message.get("type") == kind, f"for {kind!r}")

    def _send(self, message: dict):
        self._socket.send(json.dumps(message))

    def _read_until(self, done, what: str):
        deadline = time.monotonic() + DEADLINE_SECS
        message = {}
        while not done(message):
            left = deadline - time.monotonic()
            assert left > 0, f"waited {what}; the machine drew {self.output!r}"
            try:
                frame = self._socket.recv(timeout=left)
            except TimeoutError:
                continue
            message = json.loads(frame) if isinstance(frame, str) else {}
            self.output += frame.decode(errors="replace") if isinstance(frame, bytes) else ""
