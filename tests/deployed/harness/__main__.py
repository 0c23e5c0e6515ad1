"""Brings an installation up and keeps it until Ctrl-C: `python -m harness`, in tests/deployed."""

import signal
import sys
import tempfile
from pathlib import Path

from .installation import Installation
from .packages import Missing


def main():
    # A shell has what it starts in the background ignore SIGINT.
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="brihaspati-deployed-", ignore_cleanup_errors=True) as folder:
        installation = Installation(Path(folder))
        try:
            installation.deploy()
            for name, value in installation.variables().items():
                print(f"export {name}={value}")
            print(f"# It is up; logs lie in {folder} until Ctrl-C ends it.", flush=True)
            signal.pause()
        except KeyboardInterrupt:
            print("# ending it")
        finally:
            installation.stop()


if __name__ == "__main__":
    try:
        main()
    except Missing as missing:
        sys.exit(str(missing))
