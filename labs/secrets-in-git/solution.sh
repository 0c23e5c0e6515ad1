#!/usr/bin/env bash
# Works through the lab the way its guide suggests. For scripts/test-labs; never shipped to a machine.
set -euo pipefail
cd ~/shop-api

git show main~10:app/settings.py | sed -n 's/^AWS_SECRET_ACCESS_KEY = "\(.*\)"/\1/p' >>~/findings.txt
sed -n 's/.*POSTGRES_PASSWORD: //p' docker-compose.yml >>~/findings.txt
git log --all --diff-filter=D --name-only --format= >>~/findings.txt
git show origin/feature/chat-alerts:app/alerts.py | sed -n 's/^TOKEN = "\(.*\)"/\1/p' >>~/findings.txt

sed -i 's/POSTGRES_PASSWORD: .*/POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:?}/' docker-compose.yml
git commit --quiet --all --message "Take the database password from the environment"

cat >~/scrub.sh <<'SCRUB'
rm -f deploy/id_deploy
[ ! -f app/settings.py ] || sed -i -E 's/^(AWS_ACCESS_KEY_ID|AWS_SECRET_ACCESS_KEY) = .*/\1 = "REMOVED"/' app/settings.py
[ ! -f app/alerts.py ] || sed -i 's/^TOKEN = .*/TOKEN = "REMOVED"/' app/alerts.py
[ ! -f docker-compose.yml ] || sed -i 's/POSTGRES_PASSWORD: otter.*/POSTGRES_PASSWORD: REMOVED/' docker-compose.yml
SCRUB
FILTER_BRANCH_SQUELCH_WARNING=1 git filter-branch --tree-filter 'bash ~/scrub.sh' --tag-name-filter cat -- --all >/dev/null 2>&1

git push --quiet --force origin main
git push --quiet --force origin --tags
git push --quiet origin --delete feature/chat-alerts
git -C ~/origin.git gc --quiet --prune=now

git for-each-ref --format='%(refname)' refs/original | xargs -n 1 git update-ref -d
git reflog expire --expire=now --all
git gc --quiet --prune=now

cat >.git/hooks/pre-commit <<'HOOK'
#!/bin/sh
if git diff --cached -U0 | grep '^+' | grep -qE 'AKIA[0-9A-Z]{16}|BEGIN [A-Z ]*PRIVATE KEY'; then
  echo "This commit seems to hold a secret." >&2
  exit 1
fi
HOOK
chmod +x .git/hooks/pre-commit
