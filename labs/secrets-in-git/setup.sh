#!/usr/bin/env bash
# Builds the team's repository: ~/origin.git plays the server, ~/shop-api is the trainee's clone.
# Dates are fixed, so every trainee sees the same commit ids. Does nothing when the clone exists.
set -euo pipefail
: "${LAB_HOME:?}" "${LAB_USER:?}"

export HOME=$LAB_HOME GIT_CONFIG_NOSYSTEM=1
[ ! -e "$HOME/shop-api" ] || exit 0

# Invented credentials, put together here so that no scanner mistakes this file for a leak.
aws_id="AKIA""QX7RJ2MVTN5HW3KD"
aws_secret="w8Zr/Tq2Lk""V0nYx+5sJdHc7uPb9eGm4aRf1oXiEt"
db_password="otter-brass""-47-lantern"
chat_token="xoxb""-731904482215-Yk3vPq""8LwZs0RbTn"
key_begin="-----BEGIN OPENSSH ""PRIVATE KEY-----"
key_end="-----END OPENSSH ""PRIVATE KEY-----"

clock=1772442000 # 2 March 2026, 09:00 UTC
marks=0

# commit BRANCH MESSAGE: begins a commit of `git fast-import`; `put` and `drop` fill it.
commit() {
  clock=$((clock + 5400 + marks % 5 * 2700))
  marks=$((marks + 1))
  printf 'commit refs/heads/%s\nmark :%d\ncommitter ada <ada@shop.example> %d +0000\ndata <<END_OF_MESSAGE\n%s\nEND_OF_MESSAGE\n' \
    "$1" "$marks" "$clock" "$2"
}
put() { printf 'M 100644 inline %s\ndata <<END_OF_FILE\n%s\nEND_OF_FILE\n' "$1" "$(cat)"; }
drop() { printf 'D %s\n' "$1"; }

history() {
  commit main "Start the shop API"
  put README.md <<E
# shop-api

Takes orders and payments for the shop. Run it with \`docker compose up\`.
E
  put app/main.py <<E
from http.server import ThreadingHTTPServer

from app.routes import Routes

if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", 8000), Routes).serve_forever()
E
  put app/routes.py <<E
from http.server import BaseHTTPRequestHandler


class Routes(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_error(404)
E

  commit main "Answer health checks"
  put app/routes.py <<E
from http.server import BaseHTTPRequestHandler


class Routes(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/health":
            self.send_response(204)
            self.end_headers()
        else:
            self.send_error(404)
E

  commit main "Upload invoices to object storage"
  put app/settings.py <<E
# Where invoices are kept.
INVOICE_BUCKET = "shop-invoices"
AWS_REGION = "eu-central-1"
AWS_ACCESS_KEY_ID = "$aws_id"
AWS_SECRET_ACCESS_KEY = "$aws_secret"
E
  put app/invoices.py <<E
from app import settings


def invoice_key(order):
    return f"{settings.INVOICE_BUCKET}/{order['year']}/{order['id']}.pdf"
E

  commit main "Add orders"
  put app/orders.py <<E
def total(order):
    return sum(line["price"] * line["count"] for line in order["lines"])
E

  commit main "Run the database in compose"
  put docker-compose.yml <<E
services:
  api:
    build: .
    environment:
      DATABASE_HOST: database
  database:
    image: postgres:17
    environment:
      POSTGRES_USER: shop
      POSTGRES_PASSWORD: $db_password
E

  commit main "Deploy from CI"
  put deploy/deploy.sh <<E
#!/bin/sh
set -eu
ssh -i deploy/id_deploy deploy@shop.example 'cd shop-api && docker compose pull && docker compose up -d'
E
  put deploy/id_deploy <<E
$key_begin
b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW
QyNTUxOQAAACBtTGFiT25seU5vdEFSZWFsS2V5QnV0SXRMb29rc0xpa2VPbmUAAAAAAAAA
QO9sZERlcGxveUtleU9mVGhlU2hvcFRoYXROb2JvZHlTaG91bGRIYXZlQ29tbWl0dGVkIQ
$key_end
E
  printf 'tag v0.1.0\nfrom :%d\ntagger ada <ada@shop.example> %d +0000\ndata <<E\nFirst release\nE\n' "$marks" "$clock"

  commit main "Test order totals"
  put tests/test_orders.py <<E
import unittest

from app.orders import total


class Totals(unittest.TestCase):
    def test_an_empty_order_costs_nothing(self):
        self.assertEqual(total({"lines": []}), 0)

    def test_lines_are_added_up(self):
        order = {"lines": [{"price": 250, "count": 2}, {"price": 100, "count": 1}]}
        self.assertEqual(total(order), 600)
E
  local fork=$marks

  commit main "Read settings from the environment"
  put app/settings.py <<E
import os

# Where invoices are kept. The credentials come from the environment.
INVOICE_BUCKET = os.environ.get("INVOICE_BUCKET", "shop-invoices")
AWS_REGION = os.environ.get("AWS_REGION", "eu-central-1")
E

  commit main "Refuse orders without lines"
  put app/orders.py <<E
def total(order):
    return sum(line["price"] * line["count"] for line in order["lines"])


def validate(order):
    if not order["lines"]:
        raise ValueError("an order needs at least one line")
E

  commit main "Oops, the deploy key does not belong here"
  drop deploy/id_deploy
  put .gitignore <<E
__pycache__/
deploy/id_deploy
E

  commit main "Describe the release process"
  put docs/release.md <<E
# Releasing

1. Tag the commit: \`git tag -a v0.2.0\`.
2. CI runs \`deploy/deploy.sh\` with the key from its secret store.
E

  commit main "Keep amounts in cents"
  put app/money.py <<E
def cents(amount):
    return round(amount * 100)


def euros(amount):
    return f"{amount // 100}.{amount % 100:02d}"
E

  commit main "Take the deploy key from the CI's secret store"
  put deploy/deploy.sh <<E
#!/bin/sh
set -eu
ssh -i "\$DEPLOY_KEY_FILE" deploy@shop.example 'cd shop-api && docker compose pull && docker compose up -d'
E

  commit feature/chat-alerts "Tell the chat about failed payments"
  printf 'from :%d\n' "$fork"
  put app/alerts.py <<E
import json
import urllib.request

TOKEN = "$chat_token"


def alert(text):
    request = urllib.request.Request(
        "https://chat.example/api/post",
        data=json.dumps({"channel": "payments", "text": text}).encode(),
        headers={"Authorization": f"Bearer {TOKEN}"},
    )
    urllib.request.urlopen(request, timeout=5)
E

  commit feature/chat-alerts "Alert once a minute at most"
  put docs/alerts.md <<E
# Alerts

One message a minute at most. Work stopped: the team moved to e-mail.
E
}

# Made aside and moved at the end: a setup that was interrupted starts from nothing the next time.
workshop=$(mktemp -d "$HOME/.setup.XXXXXX")
trap 'rm -rf "$workshop"' EXIT
git init --quiet --bare --initial-branch=main "$workshop/origin.git"
history | git -C "$workshop/origin.git" fast-import --quiet
rm -rf "$HOME/origin.git"
mv "$workshop/origin.git" "$HOME/origin.git"
git clone --quiet "$HOME/origin.git" "$workshop/shop-api"
mkdir -p "$workshop/shop-api/.git/hooks" && rm -f "$workshop/shop-api/.git/hooks/"*
[ "$(id -u)" -ne 0 ] || chown -R "$LAB_USER:" "$HOME/origin.git" "$workshop/shop-api"
mv "$workshop/shop-api" "$HOME/shop-api"
