#!/usr/bin/env bash
# The server has the clean history, and no object with a secret.
set -euo pipefail
origin=$LAB_HOME/origin.git

if [ "$(git -C "$origin" rev-parse -q --verify main)" != "$(git -C "$LAB_HOME/shop-api" rev-parse -q --verify main)" ]; then
  echo "The server's main is not the main of ~/shop-api."
  exit 1
fi
secrets='QX7RJ2MVTN|V0nYx\+5sJdHc7u|otter-brass|QO9sZERlcGxv|Yk3vPq8LwZs0'
count=$(git -C "$origin" cat-file --batch-all-objects --unordered --batch | grep -acE "$secrets" || true)
if [ "$count" -gt 0 ]; then
  echo "The server still keeps $count lines with secrets in its objects."
  exit 1
fi
echo "The server has the clean history only."
