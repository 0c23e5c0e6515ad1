"""A trainee's browser, as far as the API sees it."""

import requests

TIMEOUT_SECS = 60


class Browser:
    """Keeps the session's cookie as browsers do, which trust loopback like https; Python's own cookie jar does not."""

    def __init__(self, origin: str):
        self._origin = origin
        self._cookie = None
        self._http = requests.Session()
        self._http.trust_env = False

    def call(self, method: str, path: str, body: dict | None = None) -> requests.Response:
        headers = {"x-brihaspati-portal": "1", "origin": self._origin}
        if self._cookie:
            headers["cookie"] = f"theme=dark; {self._cookie}"
        url = f"{self._origin}/api{path}"
        answer = self._http.request(method, url, json=body, headers=headers, timeout=TIMEOUT_SECS)
        self._http.cookies.clear()
        return answer

    def get(self, path: str) -> dict:
        return told(self.call("GET", path))

    def post(self, path: str, body: dict | None = None) -> dict:
        return told(self.call("POST", path, body))

    def redeem(self, class_code: str, name: str, code: str, password: str):
        """Signs in for the first time, with a one-time code."""
        body = {"class_code": class_code, "name": name, "code": code, "password": password}
        self._enter(self.call("POST", "/redeem", body))

    def sign_in(self, class_code: str, name: str, password: str):
        self._enter(self.call("POST", "/login", {"class_code": class_code, "name": name, "password": password}))

    def environment(self, path: str, wanted: str) -> dict | None:
        """The environment, once it has this status; one that failed will not have it."""
        environment = self.get(path)
        assert environment["status"] != "failed", environment
        return environment if environment["status"] == wanted else None

    def _enter(self, answer: requests.Response):
        told(answer)
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-") and "; HttpOnly" in cookie and "; Secure" in cookie, cookie
        self._cookie = cookie.split(";")[0]


def told(answer: requests.Response) -> dict:
    assert answer.ok, f"{answer.request.method} {answer.url}: {answer.status_code} {answer.text}"
    return answer.json()
