import pocket
import pytest


@pytest.fixture(scope="module")
def pocket_cloud():
    with pocket.running() as address:
        yield address
