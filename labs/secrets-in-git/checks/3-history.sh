#!/usr/bin/env bash
# No commit that a branch, a tag or another ref leads to holds a secret, and the history itself is still there.
set -euo pipefail
cd "$LAB_HOME/shop-api"

secrets='QX7RJ2MVTN|V0nYx\+5sJdHc7u|otter-brass|QO9sZERlcGxv|Yk3vPq8LwZs0'
for ref in $(git for-each-ref --format='%(refname)'); do
  if git rev-list "$ref" | xargs git grep -qE "$secrets"; then
    echo "History that leads to ${ref#refs/} still holds a secret."
    exit 1
  fi
done
if [ "$(git rev-list --count main)" -lt 12 ] || ! git rev-parse -q --verify 'v0.1.0^{commit}' >/dev/null; then
  echo "Commits or the tag v0.1.0 are missing: the secrets have to go, the history has to stay."
  exit 1
fi
echo "No branch and no tag leads to a secret."
