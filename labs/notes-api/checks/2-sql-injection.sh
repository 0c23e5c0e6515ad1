#!/usr/bin/env bash
# Search gives a user's own notes for any text, and nothing else.
set -euo pipefail
service=http://127.0.0.1:5000

if ! token=$(curl -sS --max-time 5 -d '{"name":"ada","password":"lovelace"}' "$service/api/login" 2>/dev/null |
  sed -n 's/.*"token": *"\([^"]*\)".*/\1/p') || [ -z "$token" ]; then
  echo "ada cannot sign in: is the service running? Start it with ~/notes-api/restart."
  exit 1
fi
# search TEXT: what the service answers, or an empty line when it answers with an error.
search() {
  curl -sS --max-time 5 --fail -G -H "Authorization: Bearer $token" --data-urlencode "search=$1" \
    "$service/api/notes" 2>/dev/null || true
}

for text in "' OR 1=1 --" "' UNION SELECT name, value, value FROM settings --" "%' OR owner = 1 --" "' OR '1' = '1" \
  "%') OR owner <> 2 --" "%' UNION SELECT id, title, text FROM notes --"; do
  if search "$text" | grep -qE 'pay-key|heron|Backups'; then
    echo "Search still gives away what is not the user's: $text"
    exit 1
  fi
done
if ! search "O'Malley" | grep -q "Team lunch"; then
  echo "A search for O'Malley has to find the note about the team lunch."
  exit 1
fi
if ! search "monday" | grep -q "Release" || search "monday" | grep -q "Ideas"; then
  echo "An ordinary search no longer finds the right notes."
  exit 1
fi
echo "Search takes any text for text."
