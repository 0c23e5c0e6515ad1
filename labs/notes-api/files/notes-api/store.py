"""The notes, their owners and who is signed in, in one SQLite file."""

import hashlib
import secrets
import sqlite3
from contextlib import closing

DATABASE = "notes.db"


def connect():
    database = sqlite3.connect(DATABASE, timeout=5, isolation_level=None)
    database.row_factory = sqlite3.Row
    return database


def search_notes(user, text):
    """The user's own notes whose title or text contains `text`, newest first."""
    with closing(connect()) as database:
        rows = database.execute(
            "SELECT id, title, text FROM notes"
            f" WHERE owner = {user['id']} AND title || ' ' || text LIKE '%{text}%'"
            " ORDER BY id DESC"
        )
        return [dict(row) for row in rows]


def find_note(note_id):
    """The note with this id, or None."""
    with closing(connect()) as database:
        row = database.execute("SELECT id, title, text FROM notes WHERE id = ?", (note_id,)).fetchone()
        return dict(row) if row else None


def add_note(user, title, text):
    with closing(connect()) as database:
        cursor = database.execute("INSERT INTO notes (owner, title, text) VALUES (?, ?, ?)", (user["id"], title, text))
        return {"id": cursor.lastrowid, "title": title, "text": text}


def login(name, password):
    """A new token for the user, or None when name or password is wrong."""
    with closing(connect()) as database:
        user = database.execute("SELECT id, salt, password FROM users WHERE name = ?", (name,)).fetchone()
        if user is None or not secrets.compare_digest(user["password"], hashed(password, user["salt"])):
            return None
        token = secrets.token_urlsafe(24)
        database.execute("INSERT INTO sessions (token, user) VALUES (?, ?)", (token, user["id"]))
        return token


def user_of_token(token):
    with closing(connect()) as database:
        row = database.execute(
            "SELECT users.id, users.name FROM sessions JOIN users ON users.id = sessions.user WHERE token = ?",
            (token,),
        ).fetchone()
        return dict(row) if row else None


def hashed(password, salt):
    return hashlib.pbkdf2_hmac("sha256", password.encode(), salt.encode(), 20_000).hex()


def prepare():
    """Makes the tables and the first users and notes, unless they are there."""
    with closing(connect()) as database:
        if database.execute("SELECT 1 FROM sqlite_master WHERE name = 'users'").fetchone():
            return
        database.execute("BEGIN")
        for table in (
            "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT UNIQUE, salt TEXT, password TEXT)",
            "CREATE TABLE sessions (token TEXT PRIMARY KEY, user INTEGER)",
            "CREATE TABLE notes (id INTEGER PRIMARY KEY, owner INTEGER, title TEXT, text TEXT)",
            "CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT)",
        ):
            database.execute(table)
        for user, password in ((1, secrets.token_urlsafe(12)), (2, "lovelace")):
            salt = secrets.token_hex(8)
            name = "admin" if user == 1 else "ada"
            database.execute("INSERT INTO users VALUES (?, ?, ?, ?)", (user, name, salt, hashed(password, salt)))
        database.executemany(
            "INSERT INTO notes (owner, title, text) VALUES (?, ?, ?)",
            (
                (1, "Backups", "They run at 3 o'clock. Nobody has ever tried to restore one."),
                (1, "Door code", "The server room opens with code-5512-heron."),
                (2, "Team lunch", "Thursday at O'Malley's, table for six. Vegetarian menu agreed."),
                (2, "Release", "Version 2 goes out on Monday. See the attachment release-plan.txt."),
                (2, "Ideas", "Tags for notes. Dark colours for the evening. An export."),
            ),
        )
        database.execute("INSERT INTO settings VALUES ('payment_api_key', 'pay-key-80d3-osprey')")
        database.execute("COMMIT")
