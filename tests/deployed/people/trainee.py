"""A trainee with one environment, from the click on Play to the receipt."""

from .browser import Browser
from .classroom import PASSWORD, START_SECS, Classroom
from .waiting import eventually

END_SECS = 60


class Trainee:
    def __init__(self, classroom: Classroom, name: str, code: str):
        self._browser = Browser(classroom.url)
        self._browser.redeem(classroom.code, name, code, PASSWORD)
        self._path = None

    def play(self, lab: str):
        self._path = f"/environments/{self._browser.post(f'/labs/{lab}/start')['id']}"

    def stop(self):
        self._browser.post(f"{self._path}/stop")

    def environment(self) -> dict:
        return self._browser.get(self._path)

    def wait_until_ready(self):
        eventually("the machine", lambda: self._browser.environment(self._path, "ready"), START_SECS)

    def receipt(self) -> dict:
        """What proves that the machine is gone, once it is."""
        gone = eventually("the deletion", lambda: self._browser.environment(self._path, "gone"), END_SECS)
        (proven,) = gone["receipt"]["resources"]
        return proven
