"""Waiting for a condition with a deadline."""

import time


def eventually(what: str, look, within_secs: float, every_secs: float = 0.5):
    """What `look()` returned first that is true."""
    deadline = time.monotonic() + within_secs
    while True:
        if found := look():
            return found
        assert time.monotonic() < deadline, f"gave up after {within_secs:.0f} s waiting for {what}"
        time.sleep(every_secs)
