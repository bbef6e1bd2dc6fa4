#!/bin/bash
# Runs the Milvus clients of the lab in a Python virtual environment. usage: python.sh rows make|check HOST | probe HOST [...]
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

environment() { # into $PART
  "$(interpreter "the client for Milvus 2.2")" -m venv "$PART"
  "$PART/bin/python" -m pip install -q --disable-pip-version-check -r "$HERE/python/requirements.txt"
}

lock python
# Named after a hash of the requirements, so that a change creates a new one. A moved venv works only with python -m.
VENV=$CACHE/python-$(sha256sum "$HERE/python/requirements.txt" | cut -c1-12)
[ -d "$VENV" ] || { say "installing pymilvus"; produce "$VENV" environment; }
flock -u 9
script=$1; shift
exec "$VENV/bin/python" "$HERE/python/$script.py" "$@"
