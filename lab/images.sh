#!/bin/bash
# Container images for the node: Milvus in the requested versions, and its dependencies. They are pulled if Docker Hub can be reached; otherwise
# built: Milvus from its Python packages (2.2.4 to 2.2.16, 2.3.0 to 2.3.5 contain the real server with every role, 2.1.0 the standalone), Kafka from Maven, the rest from Debian.
# usage: images.sh [VERSION...] [player] [migration] [compose]      `migration` is 2.2.12 under the tag of a 2.1, 2.2.16, and a stand-in for Milvus' migration tool
# (images/meta-migration), all of them under lab/; `compose` is what the projects in lab/compose need besides Milvus, in Docker only; `player` is a stand-in for Milvus that misbehaves on demand (images/player.c); needs a running Docker and containerd: lab/lab node up
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
WORK=$CACHE/images; SOURCE=$HERE/images
mkdir -p "$WORK"; cd "$WORK"
export DOCKER_BUILDKIT=0 # the builder that is always available
TOOLS=(milvusdb/milvus-config-tool:v0.1.1 milvusdb/milvus-config-tool:v0.1.2)
ETCD=quay.io/coreos/etcd:v3.5.16; KAFKA=lab/kafka:3.7.2; BASE=debian:bookworm-local; PAUSE=registry.k8s.io/pause:3.10
PLAYER=(lab/milvus-player:v2.1.4 lab/milvus-player:v2.2.12 lab/milvus-player:v2.2.16)
# The etcd of the official Compose files; and stand-ins with a shell, as in the image of Milvus.
COMPOSE_ETCD=quay.io/coreos/etcd:v3.5.5; PLAYED=(v2.1.4 v2.2.12 v2.2.16 v2.3.5)
# A cluster of Milvus 2.1 is available only on Docker Hub: a 2.2.12 imitates it. The Python package of 2.1.0 is a standalone.
OLD=lab/milvus:v2.1.4; NEW=lab/milvus:v2.2.16; TOOL=lab/meta-migration:v2.2.0; FAULTS=(before during after-clean hang corrupt no-space restore)

have() { docker image inspect "$1" >/dev/null 2>&1; }
build() { docker build -q --network host -t "$1" "$2" >"$WORK/build.log" 2>&1 || { tail -20 "$WORK/build.log" >&2; fail "building $1 failed"; }; }
hub() { [ "${LAB_OFFLINE:-}" != 1 ] && [ "$(curl -so /dev/null --max-time 5 -w '%{http_code}' https://registry-1.docker.io/v2/)" = 401 ]; }
pull() { docker pull -q "$1" >/dev/null; }

base() { # debootstrap, for machines that cannot pull an image of Debian
  have $BASE && return
  has debootstrap || fail "debootstrap is missing; run: lab/lab tools node"
  [ -d base ] || produce base bash -c "debootstrap --variant=minbase --include=ca-certificates,curl,libgomp1,procps bookworm \"\$0\" >/dev/null" "$WORK/base.part.$$"
  tar -C base -c . | docker import - $BASE >/dev/null
}

pause() { # holds the network of a pod, and reaps orphans as process 1
  has gcc || fail "gcc is missing; run: lab/lab tools node"
  mkdir -p pause
  gcc -static -Os -s -o pause/pause "$SOURCE/pause.c"
  tar -C pause -c . | docker import -c 'ENTRYPOINT ["/pause"]' - $PAUSE >/dev/null
}

player() { # one program with the tags of the versions that it imitates
  has gcc || fail "gcc is missing; run: lab/lab tools node"
  local sum image; sum=$(sha256sum "$SOURCE/player.c" | cut -c1-12)
  if [ ! -f "player/$sum" ] || ! have "${PLAYER[0]}"; then
    rm -rf player; mkdir -p player/root
    gcc -static -Os -s -Wall -o player/root/player "$SOURCE/player.c"
    for image in "${PLAYER[@]}"; do
      tar -C player/root -c . | docker import -c 'ENTRYPOINT ["/player"]' - "$image" >/dev/null
      ctr -n k8s.io images rm "docker.io/$image" >/dev/null 2>&1 || true
    done
    touch "player/$sum"
  fi
  to_node "${PLAYER[@]}"
}

compose() { # one layer with the tags of the versions that it imitates; every tag is an image of its own, as in reality
  local sum version
  if $HUB; then have $COMPOSE_ETCD || pull $COMPOSE_ETCD; else have $COMPOSE_ETCD || docker tag $ETCD $COMPOSE_ETCD; fi
  has gcc || fail "gcc is missing; run: lab/lab tools node"
  sum=$(cat "$SOURCE/player.c" "$SOURCE"/played/* | sha256sum | cut -c1-12)
  if [ ! -f "played/$sum" ] || ! have "lab/milvus-played:${PLAYED[0]}"; then
    base; rm -rf played; mkdir -p played/root
    gcc -static -Os -s -Wall -o played/root/player "$SOURCE/player.c"
    cp "$SOURCE"/played/* played/root/
    for version in "${PLAYED[@]}"; do
      sed "s|BASE|$BASE|; s|TAG|$version|" "$SOURCE/played/Dockerfile" >played/root/Dockerfile
      build "lab/milvus-played:$version" played/root
    done
    touch "played/$sum"
  fi
}

migration() { # the tool, and one more tag for each of its faults
  local sum fault; sum=$(cat "$SOURCE"/meta-migration/* | sha256sum | cut -c1-12)
  milvus 2.2.12; milvus 2.2.16
  docker tag milvusdb/milvus:v2.2.12 $OLD; docker tag milvusdb/milvus:v2.2.16 $NEW
  if [ ! -f "meta-migration/$sum" ] || ! have $TOOL; then
    base; rm -rf meta-migration; mkdir -p meta-migration
    cp "$SOURCE"/meta-migration/* meta-migration/
    printf 'FROM %s\nRUN apt-get update -qq && apt-get install -y -qq --no-install-recommends python3-yaml >/dev/null && rm -rf /var/lib/apt/lists/*\nCOPY meta-migration conversion.py /milvus/bin/\n' $BASE >meta-migration/Dockerfile
    build $TOOL meta-migration
    for fault in "${FAULTS[@]}"; do printf 'FROM %s\nENV FAULT=%s\n' $TOOL "$fault" | docker build -q -t "$TOOL-$fault" - >/dev/null; done
    for fault in "" "${FAULTS[@]/#/-}"; do ctr -n k8s.io images rm "docker.io/$TOOL$fault" >/dev/null 2>&1 || true; done
    touch "meta-migration/$sum"
  fi
  to_node $OLD $NEW $TOOL "${FAULTS[@]/#/$TOOL-}"
}

etcd() {
  base; mkdir -p etcd
  cp "$BIN/etcd" "$BIN/etcdctl" etcd/
  printf 'FROM %s\nCOPY etcd etcdctl /usr/local/bin/\nCMD ["etcd"]\n' $BASE >etcd/Dockerfile
  build $ETCD etcd
}

kafka() {
  mkdir -p kafka; cp "$SOURCE"/kafka/* kafka/
  if $HUB; then cp kafka/Dockerfile.hub kafka/Dockerfile
  else
    base
    has mvn || fail "Maven is missing; it is needed for Kafka; run: lab/lab tools node"
    (cd kafka && mvn -q -B dependency:copy-dependencies -DoutputDirectory=lib >/dev/null)
  fi
  build $KAFKA kafka
}

config_tool() { # a stand-in: the real tool is published only as an image
  has go || fail "Go is missing; it is needed for the config tool; see lab/README.md"
  mkdir -p config-tool
  (cd "$SOURCE/config-tool" && CGO_ENABLED=0 GOFLAGS=-mod=mod go build -ldflags "-s -w" -o "$WORK/config-tool/merge" .)
  cp config-tool/merge config-tool/cp; cp "$SOURCE/config-tool/run-helm.sh" config-tool/
  printf 'FROM scratch\nCOPY merge cp run-helm.sh /\n' >config-tool/Dockerfile
  build "${TOOLS[0]}" config-tool
  docker tag "${TOOLS[0]}" "${TOOLS[1]}"
}

milvus() {
  local version=$1 folder=milvus-$1
  have "milvusdb/milvus:v$version" && return
  say "building or pulling the image of Milvus $version"
  if $HUB; then pull "milvusdb/milvus:v$version"; return; fi
  base; mkdir -p "$folder"
  wheel "$folder" "milvus==$version" "no image of Milvus $version is available: Docker Hub cannot be reached, and Python packages exist only for 2.1.0, 2.2.4-2.2.16 and 2.3.0-2.3.5"
  (cd "$folder" && rm -rf rootfs && python3 "$SOURCE/unpack_wheel.py" ./milvus-*.whl rootfs)
  [ ! -f "$folder/rootfs/milvus/lib/embd-milvus.so" ] || embedded "$folder"
  {
    echo "FROM $BASE"
    [ ! -f "$folder/rootfs/milvus/lib/embd-milvus.so" ] || echo 'RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends libopenblas0 >/dev/null && rm -rf /var/lib/apt/lists/*'
    printf 'COPY rootfs/ /\nENV PATH=/milvus/bin:/usr/sbin:/usr/bin:/sbin:/bin LD_LIBRARY_PATH=/milvus/lib\nWORKDIR /milvus\nCMD ["milvus","run","standalone"]\n'
  } >"$folder/Dockerfile"
  build "milvusdb/milvus:v$version" "$folder"
  rm -rf "$folder/rootfs"
}

wheel() { # FOLDER PACKAGE MESSAGE
  ls "$1/${2%%==*}"-*.whl >/dev/null 2>&1 || python3 -m pip download -q --disable-pip-version-check --no-deps --dest "$1" "$2" || fail "$3"
}

embedded() { # a program that starts the library, and a library that the package does not contain
  local rootfs=$1/rootfs
  has gcc || fail "gcc is missing; run: lab/lab tools node"
  wheel "$1" tbb==2020.3.254 "the library libtbb.so.2 of Milvus 2.1.0 cannot be downloaded"
  python3 -m zipfile -e "$1"/tbb-*.whl "$1/tbb"
  cp "$1"/tbb/tbb-*.data/data/lib/libtbb*.so.2 "$rootfs/milvus/lib/"
  mkdir -p "$rootfs/milvus/bin"
  gcc -Os -s -o "$rootfs/milvus/bin/milvus" "$SOURCE/embedded.c" -L"$rootfs/milvus/lib" -l:embd-milvus.so -Wl,--unresolved-symbols=ignore-in-shared-libs
}

# The containerd of the kubelet stores its images separately from Docker.
to_node() {
  local image full
  for image in "$@"; do
    case $image in *.*/*/* | *.*/*) full=$image ;; */*) full=docker.io/$image ;; *) full=docker.io/library/$image ;; esac
    ctr -n k8s.io images ls -q | grep -xF "$full" >/dev/null || docker save "$image" | ctr -n k8s.io images import - >/dev/null
  done
}

lock images
docker info >/dev/null 2>&1 || fail "Docker is not running; run: lab/lab node up"
HUB=false; ! hub || HUB=true
if $HUB; then
  for image in $PAUSE $ETCD "${TOOLS[@]}"; do have "$image" || pull "$image"; done
else
  have $PAUSE || pause
  have $ETCD || etcd
  { have "${TOOLS[0]}" && have "${TOOLS[1]}"; } || config_tool
fi
have $KAFKA || kafka
VERSIONS=()
for word in "$@"; do
  case $word in player | migration | compose) "$word" ;; *) milvus "$word"; VERSIONS+=("$word") ;; esac
done
to_node $PAUSE $ETCD $KAFKA "${TOOLS[@]}" "${VERSIONS[@]/#/milvusdb/milvus:v}"
docker images --format '{{.Repository}}:{{.Tag}}' | grep -E 'milvus|etcd|kafka|pause|player'
