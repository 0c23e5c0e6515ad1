#!/usr/bin/env bash
# Starts the notes service as the lab user. Its files came with the home; its database is made at the first start.
set -euo pipefail
: "${LAB_HOME:?}" "${LAB_USER:?}"

as_lab_user=()
if [ "$(id -u)" -eq 0 ] && [ "$LAB_USER" != root ]; then
  chown -R "$LAB_USER:" "$LAB_HOME/notes-api"
  as_lab_user=(runuser -u "$LAB_USER" --)
fi
chmod +x "$LAB_HOME/notes-api/restart"
"${as_lab_user[@]}" "$LAB_HOME/notes-api/restart"
