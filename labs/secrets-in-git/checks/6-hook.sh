#!/usr/bin/env bash
# The pre-commit hook refuses new secrets and lets ordinary work through. Tried out on a copy.
set -euo pipefail
hook=$LAB_HOME/shop-api/.git/hooks/pre-commit

if [ ! -x "$hook" ]; then
  echo "There is no executable hook at ~/shop-api/.git/hooks/pre-commit."
  exit 1
fi
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
git init --quiet "$copy"
cd "$copy"
git config user.name check
git config user.email check@shop.example
git commit --quiet --allow-empty --no-verify --message base
mkdir -p .git/hooks
install -m 755 "$hook" .git/hooks/pre-commit

# try TEXT: whether the hook lets a commit with this text through.
try() {
  printf '%s\n' "$1" >candidate.txt
  git add candidate.txt
  timeout 10 git commit --quiet --message candidate >/dev/null 2>&1 </dev/null
}
if ! try 'total = sum(line["price"] for line in order["lines"])'; then
  echo "The hook refuses an ordinary commit."
  exit 1
fi
if try "key = \"AKIA""ZK4WPB7DLH2XRC6N\""; then
  echo "The hook let a cloud access key through."
  exit 1
fi
if try "-----BEGIN RSA ""PRIVATE KEY-----"; then
  echo "The hook let a private key through."
  exit 1
fi
echo "The hook refuses keys and lets ordinary work through."
