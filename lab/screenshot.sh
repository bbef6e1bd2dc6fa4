#!/bin/bash
# Updates docs/images/summary.png, the image of the README: the job summary of the demo as GitHub renders it. Needs Chromium.
# usage: screenshot.sh          HEIGHT=1330: the height of the screenshot, in pixels
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
ROOT=$(dirname "$HERE"); PICTURE=$ROOT/docs/images/summary.png
BROWSER=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || fail "Chromium is missing; on Debian: sudo apt-get install chromium"
"$HERE/demo.sh"
PROFILE=$(mktemp -d); trap 'rm -rf "$PROFILE"' EXIT
mkdir -p "$(dirname "$PICTURE")"
# The page has the width of a job summary; the part below HEIGHT is cut off.
"$BROWSER" --headless --no-sandbox --disable-gpu --disable-background-networking --disable-component-update --disable-sync --no-first-run --hide-scrollbars \
  --user-data-dir="$PROFILE" --virtual-time-budget=8000 --window-size="1060,${HEIGHT:-1330}" --screenshot="$PICTURE" "file://$ROOT/.lab/demo/summary.html" 2>/dev/null
say "$PICTURE, $(stat -c %s "$PICTURE") bytes: check it before you commit it"
