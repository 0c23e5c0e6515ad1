#!/usr/bin/env bash
# What the intruder took. The answers are kept as SHA-256, so that reading this file gives nothing away.
set -euo pipefail

if [ ! -r "$LAB_HOME/report.txt" ]; then
  echo "There is no ~/report.txt."
  exit 1
fi

declare -A answers=(
  [web-shell]=c9235dd4de08e29995f093ad6d8b3fe6b3818ce4435b330ff11c67cb7877622d
  [bytes-taken]=aa30464c77f84550126691656e3a8dee13963dce1ec7a796d5cdf02f4e9b7e0d
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
echo "That is what is lost."
