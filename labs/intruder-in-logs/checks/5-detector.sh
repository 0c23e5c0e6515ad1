#!/usr/bin/env bash
# ~/detect.sh finds addresses that came in after ten failures in a row. Tried on an invented log and on the real one.
set -euo pipefail
detector=$LAB_HOME/detect.sh

if [ ! -f "$detector" ]; then
  echo "There is no ~/detect.sh yet."
  exit 1
fi
detect() { timeout 10 bash "$detector" 2>/dev/null | sort -u || true; }

second=0
sshd() {
  second=$((second + 7))
  printf '2026-04-01T%02d:%02d:%02d+00:00 web-02 sshd[%d]: %s from %s port %d ssh2\n' \
    $((second / 3600)) $((second / 60 % 60)) $((second % 60)) $((4000 + second)) "$1" "$2" $((40000 + second))
}
failures() { for ((n = 0; n < $1; n++)); do sshd "Failed password for $3" "$2"; done; }
invented_log() {
  failures 10 192.0.2.1 "root" && sshd "Accepted password for root" 192.0.2.1           # came in
  failures 9 192.0.2.2 "root" && sshd "Accepted password for root" 192.0.2.2            # nine are not ten
  failures 60 192.0.2.3 "invalid user pi"                                               # never came in
  sshd "Accepted publickey for ada" 192.0.2.4 && failures 12 192.0.2.4 "ada"            # came in before
  failures 6 192.0.2.5 "ada" && sshd "Accepted password for ada" 192.0.2.5              # twice six, with a success between
  failures 6 192.0.2.5 "ada" && sshd "Accepted password for ada" 192.0.2.5
  failures 7 192.0.2.66 "invalid user git" && failures 7 192.0.2.66 "git"               # came in, several names
  sshd "Accepted publickey for ada" 192.0.2.4
  sshd "Accepted publickey for git" 192.0.2.66
  sshd "Accepted publickey for git" 192.0.2.6                                           # begins like another
}

expected=$'192.0.2.1\n192.0.2.4\n192.0.2.66'
printed=$(invented_log | detect)
if [ "$printed" != "$expected" ]; then
  missing=$(comm -23 <(echo "$expected") <(echo "$printed") | wc -l)
  wrong=$(comm -13 <(echo "$expected") <(echo "$printed") | grep -c . || true)
  echo "On another log, detect.sh misses $missing of 3 addresses and prints $wrong that should not be there."
  exit 1
fi
printed=$(detect <"$LAB_HOME/logs/auth.log")
if [ "$(printf %s "$printed" | sha256sum | cut -d' ' -f1)" != e42a2490b65f28b8a1c0f26601829dd7feac53e64b44a9224062724281f7e723 ]; then
  echo "On ~/logs/auth.log, detect.sh has to print the intruder's address alone."
  exit 1
fi
echo "Your detector rings for intruders, and for nobody else."
