#!/usr/bin/env bash
# What the intruder left on the machine. The answers are kept as SHA-256, so that reading this file gives nothing away.
set -euo pipefail

if [ ! -r "$LAB_HOME/report.txt" ]; then
  echo "There is no ~/report.txt."
  exit 1
fi

declare -A answers=(
  [new-account]=d69045a85983c3bfbbfeaeba2274bbb58a0772bfc4a0c84486736c57e8cc5d2b
  [second-address]=1bee9352f19bdd4a65749f1d5b0f1748895ce95ac0b90390d244e87133a226e5
)
for key in "${!answers[@]}"; do
  answer=$(sed -n "s/^ *$key *: *//p" "$LAB_HOME/report.txt" | tail -n 1 | tr -d '[:space:]')
  if [ -z "$answer" ]; then
    echo "$key has no answer in ~/report.txt yet."
    exit 1
  fi
  if [ "$(printf %s "$answer" | sha256sum | cut -d' ' -f1)" != "${answers[$key]}" ]; then
    echo "$key is not right yet."
    exit 1
  fi
done
echo "That is how they came back."
