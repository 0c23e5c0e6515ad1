#!/usr/bin/env bash
# All four secrets stand in ~/findings.txt. Kept as SHA-256, so that reading this file gives nothing away.
set -euo pipefail

if [ ! -r "$LAB_HOME/findings.txt" ]; then
  echo "There is no ~/findings.txt."
  exit 1
fi

declare -A kinds=(
  [e73b39c49c574a0a03e81d5adb95251c8b578048b897789066e8b54d86b3b680]="the cloud storage key"
  [e516804259ee9c59f05cff59684e2eed7abd181dd717a7a02eacf3bc501e7c2e]="the database password"
  [7520e4ac2054e662f39728e58fae5bbc825733726402c8d065f8615bb9b0303e]="the private key"
  [a160e9bee3255cc4169029d5684430f500d20833cff26418eb4bb56584deeb29]="the chat token"
)
found=0
while read -r line _ || [ -n "$line" ]; do
  digest=$(printf %s "$line" | sha256sum | cut -d' ' -f1)
  if [ -n "${kinds[$digest]:-}" ]; then
    unset "kinds[$digest]"
    found=$((found + 1))
  fi
done <"$LAB_HOME/findings.txt"

if [ "$found" -lt 4 ]; then
  echo "$found of 4 secrets are in ~/findings.txt."
  exit 1
fi
echo "All four secrets found."
