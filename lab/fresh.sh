#!/bin/bash
# Runs a command in a Debian container that has only Node 20 and git, with a clone of this repository at its last commit as the working
# directory, the network of the machine, and a kubeconfig of the node lab in ~/.kube/config. The container is removed afterwards.
# usage: fresh.sh [-v DIRECTORY:PATH]... COMMAND...            for example: lab/lab fresh node dist/index.js --help        needs: lab/lab node up
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
IMAGE=lab/fresh:trixie; WORK=$CACHE/images
ROOT=$(dirname "$HERE")

# Debian 13 is the first release with a new enough Node.js. Without npm, curl or Python, so that a missing dependency is found.
image() {
  docker image inspect $IMAGE >/dev/null 2>&1 && return
  has debootstrap || fail "debootstrap is missing; run: lab/lab tools node"
  say "building a Debian image with Node and git"
  mkdir -p "$WORK"
  [ -d "$WORK/fresh" ] || produce "$WORK/fresh" bash -c "debootstrap --variant=minbase --include=ca-certificates,git,nodejs trixie \"\$0\" >/dev/null" "$WORK/fresh.part.$$"
  tar -C "$WORK/fresh" -c . | docker import - $IMAGE >/dev/null
  rm -rf "$WORK/fresh"
}

OPTIONS=()
while [ "${1:-}" = -v ]; do OPTIONS+=(-v "$2"); shift 2; done
[ $# -gt 0 ] || fail "usage: fresh.sh [-v DIRECTORY:PATH]... COMMAND..."
docker info >/dev/null 2>&1 || fail "Docker is not running; run: lab/lab node up"
lock fresh; image; flock -u 9

COPY=$(mktemp -d); CONTAINER=
cleanup() { [ -z "$CONTAINER" ] || docker rm -f "$CONTAINER" >/dev/null; rm -rf "$COPY"; }
trap cleanup EXIT
git clone -q --no-hardlinks "$ROOT" "$COPY/milvus-upgrade"
mkdir -p "$COPY/.kube"
# With embedded certificates: the files that it names do not exist in the container.
[ ! -f "$CACHE/node/admin.kubeconfig" ] || (umask 077; KUBECONFIG=$CACHE/node/admin.kubeconfig kubectl config view --raw --flatten >"$COPY/.kube/config")
CONTAINER=$(docker create --network host --env HOME=/fresh --workdir /fresh/milvus-upgrade "${OPTIONS[@]}" $IMAGE "$@")
docker cp "$COPY/." "$CONTAINER:/fresh"
docker start --attach "$CONTAINER"
