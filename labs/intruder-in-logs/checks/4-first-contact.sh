#!/usr/bin/env bash
# When it all began. The answers are kept as SHA-256, so that reading this file gives nothing away.
set -euo pipefail

if [ ! -r "$LAB_HOME/report.txt" ]; then
  echo "There is no ~/report.txt."
  exit 1
fi

declare -A answers=(
  [first-contact]=488bb620f381002e0f4270f56f68f752dc3b423f4ecc0b51b703e2dd22304431
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
echo "That is where the story begins."
