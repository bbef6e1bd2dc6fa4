#!/bin/bash
# Runs the Milvus clients of the lab in a Python virtual environment. usage: python.sh rows make|check HOST | probe HOST [...]
# LAB_CLIENT=2.1 selects the client for Milvus 2.1, which rejects newer ones.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

case ${LAB_CLIENT:-2.2} in
  2.2) LIST=$HERE/python/requirements.txt; OPTIONS=() ;;
  2.1) LIST=$HERE/python/requirements-2.1.txt; OPTIONS=(--no-deps) ;; # its exact requirements exist for old Python versions only
  *) fail "LAB_CLIENT is \"$LAB_CLIENT\"; write 2.1 or 2.2" ;;
esac

environment() { # into $PART
  "$(interpreter "the client for Milvus 2.2")" -m venv "$PART"
  "$PART/bin/python" -m pip install -q --disable-pip-version-check "${OPTIONS[@]}" -r "$LIST"
}

lock python
# Named after a hash of the requirements, so that a change creates a new one. A moved venv works only with python -m.
VENV=$CACHE/python-$(sha256sum "$LIST" | cut -c1-12)
[ -d "$VENV" ] || { say "installing pymilvus"; produce "$VENV" environment; }
flock -u 9
script=$1; shift
exec "$VENV/bin/python" "$HERE/python/$script.py" "$@"
