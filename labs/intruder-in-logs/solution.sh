#!/usr/bin/env bash
# Works through the lab the way its guide suggests. For scripts/test-labs; never shipped to a machine.
set -euo pipefail
cd ~/logs

cat >~/detect.sh <<'DETECT'
awk '
  /Failed password/ { failures[$(NF-3)]++ }
  /Accepted/ {
    if (failures[$(NF-3)] >= 10 && !printed[$(NF-3)]++) print $(NF-3)
    failures[$(NF-3)] = 0
  }'
DETECT
answer() { sed -i "s|^$1:.*|$1: $2|" ~/report.txt; }

intruder=$(bash ~/detect.sh <auth.log)
login=$(grep Accepted auth.log | grep -wF "$intruder")
answer intruder-address "$intruder"
answer account "$(awk '{ print $(NF-5) }' <<<"$login")"
answer login-time "${login:11:8}"

account=$(sed -n 's/.*new user: name=\([^,]*\),.*/\1/p' auth.log)
second=$(awk -v account="$account" '/Accepted/ && $(NF-5) == account { print $(NF-3) }' auth.log)
answer new-account "$account"
answer second-address "$second"

shell=$(awk -v address="$second" '$1 == address && $7 ~ /\?c=id/ { sub(/\?.*/, "", $7); print $7 }' access.log)
answer web-shell "$shell"
answer bytes-taken "$(awk -v shell="$shell" 'index($7, shell) == 1 && $9 == 200 { sum += $10 } END { print sum }' access.log)"

first=$(grep -wF "$intruder" access.log | head -n 1)
answer first-contact "$(sed 's/.*2026:\([0-9:]*\) .*/\1/' <<<"$first")"
