#!/usr/bin/env bash
# The three finds stand in ~/loot.txt. Kept as SHA-256, so that reading this file gives nothing away.
set -euo pipefail

if [ ! -r "$LAB_HOME/loot.txt" ]; then
  echo "There is no ~/loot.txt."
  exit 1
fi

declare -A finds=(
  [6631050b4a85ac958082690a36aca55f189aeb37504e17770f3362ca63149f84]="the payment key"
  [47954d9ebe663254dfffbfa0cdf370347aba58bfef237e9c359decbe6db76310]="the door code"
  [c3c9b7296533a3fdea370c008c8c4e3af9e53beadd68017912d22e39f7b05b91]="the signing key"
)
found=0
while read -r line _ || [ -n "$line" ]; do
  digest=$(printf %s "$line" | sha256sum | cut -d' ' -f1)
  if [ -n "${finds[$digest]:-}" ]; then
    unset "finds[$digest]"
    found=$((found + 1))
  fi
done <"$LAB_HOME/loot.txt"

if [ "$found" -lt 3 ]; then
  echo "$found of 3 finds are in ~/loot.txt."
  exit 1
fi
echo "You have the payment key, the door code and the signing key."
