#!/bin/bash
# Runs the lab's Milvus clients in a Python environment of their own. usage: python.sh rows make|check HOST | probe HOST [...]
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

# grpcio of that time has packages for Python up to 3.11; for later ones it would be compiled for half an hour.
interpreter() {
  local name
  for name in python3 python3.11 python3.10 python3.9; do
    has "$name" && "$name" -c 'import sys; sys.exit(not (3, 8) <= sys.version_info[:2] <= (3, 11))' && { echo "$name"; return; }
  done
  fail "Python 3.8 to 3.11 is missing; the client for Milvus 2.2 needs one of them"
}

environment() { # into $PART
  "$(interpreter)" -m venv "$PART"
  "$PART/bin/python" -m pip install -q --disable-pip-version-check -r "$HERE/python/requirements.txt"
}

lock python
# Named after the requirements, so that a change of theirs makes a new one. A venv cannot be moved, but python -m works in it all the same.
VENV=$CACHE/python-$(sha256sum "$HERE/python/requirements.txt" | cut -c1-12)
[ -d "$VENV" ] || { say "installing pymilvus"; produce "$VENV" environment; }
flock -u 9
script=$1; shift
exec "$VENV/bin/python" "$HERE/python/$script.py" "$@"
