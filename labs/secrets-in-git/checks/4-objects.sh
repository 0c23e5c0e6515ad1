#!/usr/bin/env bash
# Nothing in the clone's object database holds a secret any more, reachable or not.
set -euo pipefail
cd "$LAB_HOME/shop-api"

secrets='QX7RJ2MVTN|V0nYx\+5sJdHc7u|otter-brass|QO9sZERlcGxv|Yk3vPq8LwZs0'
count=$(git cat-file --batch-all-objects --unordered --batch | grep -acE "$secrets" || true)
if [ "$count" -gt 0 ]; then
  echo "The clone still keeps $count lines with secrets in objects: reflogs or backup refs hold on to them."
  exit 1
fi
echo "The clone keeps no object with a secret."
