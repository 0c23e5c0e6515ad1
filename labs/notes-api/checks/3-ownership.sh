#!/usr/bin/env bash
# A note is shown to its owner only, and somebody else's looks like one that does not exist.
set -euo pipefail
service=http://127.0.0.1:5000

if ! token=$(curl -sS --max-time 5 -d '{"name":"ada","password":"lovelace"}' "$service/api/login" 2>/dev/null |
  sed -n 's/.*"token": *"\([^"]*\)".*/\1/p') || [ -z "$token" ]; then
  echo "ada cannot sign in: is the service running? Start it with ~/notes-api/restart."
  exit 1
fi
# note ID: the status of the answer.
note() {
  curl -sS --max-time 5 -o /dev/null -w '%{http_code}' -H "Authorization: Bearer $token" "$service/api/notes/$1" || true
}

for id in 1 2; do
  if [ "$(note $id)" = 200 ]; then
    echo "ada can still read note $id, which is not hers."
    exit 1
  fi
done
if [ "$(note 3)" != 200 ]; then
  echo "ada can no longer read her own note 3."
  exit 1
fi
if [ "$(note 2)" != "$(note 999999)" ]; then
  echo "Somebody else's note answers $(note 2), a missing one $(note 999999): that tells which notes exist."
  exit 1
fi
echo "Everybody reads their own notes only."
