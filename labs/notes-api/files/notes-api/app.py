"""The HTTP side of the notes service: who is calling, what do they ask, what is the answer.

Start it with ./restart. It needs nothing but Python's standard library.
"""

import contextlib
import json
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

import attachments
import store

ADDRESS = ("127.0.0.1", 5000)
LARGEST_BODY = 64 * 1024
PAGES = {
    "/": ("index.html", "text/html"),
    "/app.js": ("app.js", "text/javascript"),
    "/style.css": ("style.css", "text/css"),
}


class Problem(Exception):
    """Ends a request with this status and message."""

    def __init__(self, status, message):
        super().__init__(message)
        self.status = status
        self.message = message


class NotesApi(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30

    def handle(self):
        with contextlib.suppress(ConnectionError):  # a caller that hangs up is nothing to report
            super().handle()

    def do_GET(self):
        self.answer(self.get)

    def do_POST(self):
        self.answer(self.post)

    def get(self):
        url = urlsplit(self.path)
        path = unquote(url.path)
        if path in PAGES:
            name, content_type = PAGES[path]
            with open(f"ui/{name}", "rb") as page:
                return self.send(HTTPStatus.OK, page.read(), f"{content_type}; charset=utf-8")

        user = self.user()
        if path == "/api/me":
            return self.send_json({"name": user["name"]})
        if path == "/api/notes":
            search = parse_qs(url.query).get("search", [""])[0]
            return self.send_json({"notes": store.search_notes(user, search)})
        if path.startswith("/api/notes/"):
            return self.send_json(self.note(user, path.removeprefix("/api/notes/")))
        if path.startswith("/api/attachments/"):
            return self.attachment(path.removeprefix("/api/attachments/"))
        raise Problem(HTTPStatus.NOT_FOUND, "no such page")

    def post(self):
        path = urlsplit(self.path).path
        body = self.body()
        if path == "/api/login":
            token = store.login(str(body.get("name", "")), str(body.get("password", "")))
            if token is None:
                raise Problem(HTTPStatus.UNAUTHORIZED, "wrong name or password")
            return self.send_json({"token": token})

        user = self.user()
        if path == "/api/notes":
            title = str(body.get("title", "")).strip()
            if not title:
                raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "a note needs a title")
            note = store.add_note(user, title, str(body.get("text", "")))
            return self.send_json(note, HTTPStatus.CREATED)
        raise Problem(HTTPStatus.NOT_FOUND, "no such page")

    def note(self, user, note_id):
        if not note_id.isdecimal():
            raise Problem(HTTPStatus.NOT_FOUND, "no such note")
        note = store.find_note(int(note_id))
        if note is None:
            raise Problem(HTTPStatus.NOT_FOUND, "no such note")
        return note

    def attachment(self, name):
        content = attachments.read(name)
        if content is None:
            raise Problem(HTTPStatus.NOT_FOUND, "no such attachment")
        self.send(HTTPStatus.OK, content, "text/plain; charset=utf-8")

    def user(self):
        scheme, _, token = self.headers.get("Authorization", "").partition(" ")
        user = store.user_of_token(token) if scheme == "Bearer" else None
        if user is None:
            raise Problem(HTTPStatus.UNAUTHORIZED, "sign in first")
        return user

    def body(self):
        length = int(self.headers.get("Content-Length") or 0)
        if length > LARGEST_BODY:
            self.close_connection = True
            raise Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "that is too much text")
        try:
            body = json.loads(self.rfile.read(length) or b"{}")
        except ValueError:
            body = None
        if not isinstance(body, dict):
            raise Problem(HTTPStatus.BAD_REQUEST, "send a JSON object")
        return body

    def answer(self, handle):
        try:
            handle()
        except Problem as problem:
            self.send_json({"error": problem.message}, problem.status)
        except Exception as error:  # a mistake in the code ends one request, not the service
            self.log_error("%s", repr(error))
            self.send_json({"error": repr(error)}, HTTPStatus.INTERNAL_SERVER_ERROR)

    def send_json(self, value, status=HTTPStatus.OK):
        self.send(status, json.dumps(value).encode(), "application/json")

    def send(self, status, content, content_type):
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        self.wfile.write(content)


if __name__ == "__main__":
    store.prepare()
    ThreadingHTTPServer.allow_reuse_address = True
    ThreadingHTTPServer(ADDRESS, NotesApi).serve_forever()
