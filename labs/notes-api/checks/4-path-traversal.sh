#!/usr/bin/env bash
# Attachments come out of their folder, and nothing else does.
set -euo pipefail
service=http://127.0.0.1:5000
app=$LAB_HOME/notes-api

if ! token=$(curl -sS --max-time 5 -d '{"name":"ada","password":"lovelace"}' "$service/api/login" 2>/dev/null |
  sed -n 's/.*"token": *"\([^"]*\)".*/\1/p') || [ -z "$token" ]; then
  echo "ada cannot sign in: is the service running? Start it with ~/notes-api/restart."
  exit 1
fi
attachment() {
  curl -sS --max-time 5 --fail --path-as-is -H "Authorization: Bearer $token" "$service/api/attachments/$1" 2>/dev/null || true
}

# A neighbour whose name begins like the folder's, and a link that leads out of it.
neighbour=$app/attachments-old
link=$app/attachments/check-link.txt
trap 'rm -rf "$neighbour" "$link"' EXIT
mkdir -p "$neighbour" && echo "payroll" >"$neighbour/payroll.txt"
ln -sf ../config/service.ini "$link"

for name in ../config/service.ini ..%2fconfig%2fservice.ini %2e%2e/config/service.ini ./../config/service.ini \
  "/$app/config/service.ini" "${app//\//%2f}%2fconfig%2fservice.ini" ../attachments-old/payroll.txt check-link.txt; do
  if attachment "$name" | grep -qE 'sign-key|payroll'; then
    echo "This name still leads out of the folder: $name"
    exit 1
  fi
done
if ! attachment release-plan.txt | grep -q "Release plan" || ! attachment menu.txt | grep -q risotto; then
  echo "An ordinary attachment can no longer be read."
  exit 1
fi
echo "Attachments stay in their folder."
