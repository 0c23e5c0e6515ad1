import pytest


@pytest.fixture(scope="session")
def init_times():
    """Milliseconds until each function asked for its first event; printed as a table at the end."""
    times = {}
    yield times
    TABLE.update(times)


TABLE = {}


def pytest_terminal_summary(terminalreporter):
    if not TABLE:
        return
    terminalreporter.section("milliseconds until a function is ready for its first event")
    for name, init_ms in sorted(TABLE.items(), key=lambda row: row[1], reverse=True):
        terminalreporter.write_line(f"{init_ms:8.1f}  {name}")
