#!/bin/bash
# Runs a command where nothing is but Node 20 and git: a container of Debian, with a clone of this repository at its last commit as the working
# folder, the network of the machine, and a kubeconfig of the node lab in ~/.kube/config. The container is gone afterwards.
# usage: fresh.sh [-v FOLDER:PLACE]... COMMAND...            for example: lab/lab fresh node dist/index.js --help        needs: lab/lab node up
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
IMAGE=lab/fresh:trixie; WORK=$CACHE/images
ROOT=$(dirname "$HERE")

# Debian 13 is the first whose Node.js is new enough. Without npm, curl or Python: what is missing must show.
image() {
  docker image inspect $IMAGE >/dev/null 2>&1 && return
  has debootstrap || fail "debootstrap is missing; run: lab/lab tools node"
  say "a Debian with Node and git"
  mkdir -p "$WORK"
  [ -d "$WORK/fresh" ] || produce "$WORK/fresh" bash -c "debootstrap --variant=minbase --include=ca-certificates,git,nodejs trixie \"\$0\" >/dev/null" "$WORK/fresh.part.$$"
  tar -C "$WORK/fresh" -c . | docker import - $IMAGE >/dev/null
  rm -rf "$WORK/fresh"
}

OPTIONS=()
while [ "${1:-}" = -v ]; do OPTIONS+=(-v "$2"); shift 2; done
[ $# -gt 0 ] || fail "usage: fresh.sh [-v FOLDER:PLACE]... COMMAND..."
docker info >/dev/null 2>&1 || fail "Docker does not run; run: lab/lab node up"
lock fresh; image; flock -u 9

COPY=$(mktemp -d); CONTAINER=
cleanup() { [ -z "$CONTAINER" ] || docker rm -f "$CONTAINER" >/dev/null; rm -rf "$COPY"; }
trap cleanup EXIT
git clone -q --no-hardlinks "$ROOT" "$COPY/milvus-upgrade"
mkdir -p "$COPY/.kube"
# With its certificates inside: the files that it names are not in there.
[ ! -f "$CACHE/node/admin.kubeconfig" ] || (umask 077; KUBECONFIG=$CACHE/node/admin.kubeconfig kubectl config view --raw --flatten >"$COPY/.kube/config")
CONTAINER=$(docker create --network host --env HOME=/fresh --workdir /fresh/milvus-upgrade "${OPTIONS[@]}" $IMAGE "$@")
docker cp "$COPY/." "$CONTAINER:/fresh"
docker start --attach "$CONTAINER"
