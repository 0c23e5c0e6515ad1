import pytest


@pytest.fixture(scope="session")
def measured():
    """Of each function, by name: milliseconds until it asked for its first event, and the most memory it held, in MB;
    printed as a table at the end."""
    rows = {}
    yield rows
    TABLE.update(rows)


TABLE = {}


def pytest_terminal_summary(terminalreporter):
    if not TABLE:
        return
    terminalreporter.section("until a function asked for its first event, and the most memory it held")
    for name, (init_ms, peak_mb) in sorted(TABLE.items(), key=lambda row: row[1], reverse=True):
        terminalreporter.write_line(f"{init_ms:6.1f} ms {peak_mb:6.1f} MB  {name}")
