#!/usr/bin/env bash
# How the intruder came in. The answers are kept as SHA-256, so that reading this file gives nothing away.
set -euo pipefail

if [ ! -r "$LAB_HOME/report.txt" ]; then
  echo "There is no ~/report.txt."
  exit 1
fi

declare -A answers=(
  [intruder-address]=e42a2490b65f28b8a1c0f26601829dd7feac53e64b44a9224062724281f7e723
  [account]=54d00d867758cef816bc4685f58e327b949712b07ebd17c3485f3ffc9e9f5133
  [login-time]=22e22f336b9714326cc4bb519740e015b4ec0260e9cf4a018c42760d71f20a8b
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
echo "That is how they came in."
