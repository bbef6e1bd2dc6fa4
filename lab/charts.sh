#!/bin/bash
# The lab's chart repository: packages every version of lab/chart and serves them on 127.0.0.1, as a public repository does.
# usage: charts.sh build | serve [PORT] | url | down       `build` prints the directory, `serve` the address
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
STATE=$CACHE/charts
# Helm must not read or write the user's own repositories.
export HELM_CACHE_HOME=$CACHE/helm/cache HELM_CONFIG_HOME=$CACHE/helm/config HELM_DATA_HOME=$CACHE/helm/data

package() { # into $PART
  mkdir -p "$PART/source" "$PART/packages"
  node "$HERE/chart/build.mjs" "$PART/source"
  helm package -d "$PART/packages" "$PART"/source/*/milvus >/dev/null
  helm repo index "$PART/packages"
  mv "$PART/source" "$PART/packages/"
}

# The name of the directory is a hash of the sources: nothing is packaged twice, and a changed template is never served in an old version.
build() {
  has helm || fail "helm is missing; run: lab/lab tools simulated"
  [ -d "$HERE/../node_modules/yaml" ] || fail "the npm packages are missing; run: npm ci"
  local sum folder
  sum=$(cd "$HERE/chart" && find . -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum | cut -c1-16)
  folder=$STATE/$sum; mkdir -p "$STATE"
  [ -d "$folder" ] || produce "$folder" package
  echo "$folder/packages"
}

serve() {
  lock charts; local folder
  folder=$(build)
  if ! alive server || [ "$(cat "$STATE/folder" 2>/dev/null)" != "$folder" ] || [ -n "${1:-}" ]; then
    stop server; rm -f "$STATE/address"
    start server node "$HERE/serve.mjs" "$folder" "${1:-$(free_port 18879)}" "$STATE/address"
    echo "$folder" >"$STATE/folder"
    until_ok 10 test -s "$STATE/address" || { cat "$STATE/log/server.log" >&2; exit 1; }
  fi
  cat "$STATE/address"
}

case ${1:-} in
  build) build ;;
  serve) shift; serve "$@" ;;
  url) alive server && cat "$STATE/address" ;;
  down) lock charts; stop server; rm -f "$STATE/address" ;;
  *) fail "usage: charts.sh build | serve [PORT] | url | down" ;;
esac
