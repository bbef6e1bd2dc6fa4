#!/bin/bash
# Docker Compose projects with Milvus, from lab/compose, each in a directory of its own. LAB_COMPOSE selects another version of Compose.
# usage: compose.sh up NAME VERSION [DIR] | down DIR | host DIR
# `up` recreates the project, keeps existing data, and waits until every service is healthy. VERSION can be a complete image, such as lab/milvus:v2.1.4.
# Project, containers and network are named after the directory, so that several can run at the same time; PREFIX sets another name for containers and network.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
WAIT_SECONDS=${LAB_WAIT:-180}

at_hand() {
  docker info >/dev/null 2>&1 || fail "Docker is not running; run: lab/lab node up"
  has docker-compose || fail "docker-compose is missing; run: lab/lab tools node"
}
# Compose reads its file and .env from the working directory. Its stderr is discarded where v2 would report each time that `version` is obsolete.
enter() {
  at_hand
  [ -f "${1:?which directory?}/docker-compose.yml" ] || fail "there is no project in $1"
  cd "$1"
}
states() { docker-compose ps -aq 2>/dev/null | xargs -r docker inspect -f '{{.Name}} {{if .State.Health}}{{.State.Health.Status}}{{else}}{{.State.Status}}{{end}}'; }
healthy() { local all; all=$(states) && [ -n "$all" ] && ! grep -qvE ' (healthy|running)$' <<<"$all"; }

up() { # the version of a project is either in the file or in .env
  local name=$1 version=$2 folder=${3:-$PWD/.lab/compose/$1} repository=
  at_hand
  [ -f "$HERE/compose/$name/docker-compose.yml" ] || fail "there is no project \"$name\"; the projects are: $(ls "$HERE/compose" | xargs)"
  case $version in *:*) repository=${version%:*}; version=${version##*:} ;; *) version=v${version#v} ;; esac
  mkdir -p "$folder"
  cp "$HERE/compose/$name/docker-compose.yml" "$folder/"
  cd "$folder"
  [ -z "$repository" ] || sed -i -E "s#^( *image: )(milvusdb/milvus|lab/milvus-played):#\\1$repository:#" docker-compose.yml
  sed -i -E "s#^( *image: [^ ]*/milvus[^ :]*):v[0-9][^ ]*#\\1:$version#" docker-compose.yml
  { echo "PREFIX=${PREFIX:-$(basename "$PWD")}"; grep -q MILVUS_VERSION docker-compose.yml && echo "MILVUS_VERSION=$version"; plays; } >.env
  docker-compose up -d >up.log 2>&1 || { cat up.log >&2; fail "the project in $PWD does not start; to get its images, run: lab/lab images ${version#v} compose"; }
  until_ok "$WAIT_SECONDS" healthy || { states >&2; fail "the project in $PWD is not healthy after $WAIT_SECONDS s"; }
  pwd
}
plays() { env | grep '^PLAY_' || true; } # kept in .env, so that the values of the caller apply after `up` as well

down() { # without a graceful stop: the data is removed
  enter "$1"
  docker-compose kill >/dev/null 2>&1 || true
  docker-compose down --remove-orphans >/dev/null 2>&1
  rm -rf volumes
}

host() {
  local service
  enter "$1"
  service=$(docker-compose config --services 2>/dev/null | grep -xE 'proxy|standalone') || fail "there is neither proxy nor standalone in $1"
  docker-compose ps -q "$service" 2>/dev/null | xargs -r docker inspect -f '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' | grep . || fail "$service is not running in $1"
}

case ${1:-} in
  up) [ $# -ge 3 ] || fail "which project and version? for example: compose.sh up standalone 2.2.16"; up "$2" "$3" "${4:-}" ;;
  down) down "${2:-}" ;;
  host) host "${2:-}" ;;
  *) fail "usage: compose.sh up NAME VERSION [DIR] | down DIR | host DIR" ;;
esac
