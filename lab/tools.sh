#!/bin/bash
# Installs the programs of a tier into $BIN: official binaries, verified with their published checksums, if they can be reached; otherwise Go builds
# them from modules, whose checksums Go verifies, and etcd is taken from the Debian package. Only the Debian packages of the node tier are installed system-wide.
# usage: tools.sh simulated|node|helm4|compose|runner   existing programs are kept; LAB_OFFLINE=1 builds even if the download hosts can be reached
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
PATH=$BIN:$PATH
KUBERNETES=v1.34.4; ETCD=v3.5.16; HELM=v3.21.4; HELM4=v4.3.1; COREDNS=v1.12.4; KWOK=v0.7.0; ACT=v0.2.89; COMPOSE=v2.40.3; COMPOSE5=v5.6.0
# Compose 5.7 imports modules (github.com/docker/secrets-engine) that the module proxy does not serve, so it cannot be built from modules.
# The variables select mirrors with the same paths.
FROM_KUBERNETES=${LAB_FROM_KUBERNETES:-https://dl.k8s.io/release}
FROM_HELM=${LAB_FROM_HELM:-https://get.helm.sh}
FROM_GITHUB=${LAB_FROM_GITHUB:-https://github.com}
ARCH=$(uname -m | sed 's/x86_64/amd64/; s/aarch64/arm64/'); MACHINE=$(uname -m)
export GOFLAGS=-mod=mod
mkdir -p "$BIN"

reachable() { [ "${LAB_OFFLINE:-}" != 1 ] && curl -sfIL -o /dev/null --max-time 5 "$1"; }
fetch() { curl -sfL --retry 3 --max-time 900 -o "$2" "$1"; }
missing() { [ ! -x "$BIN/$1" ]; }
go_at_hand() { has go || fail "Go 1.26 or later is missing; it is needed to build $1; see https://go.dev/doc/install"; }

# The checksum file contains either only the checksum, or lines with a checksum and a file name.
checked() { # file checksum-url name-in-it
  local sum; sum=$(curl -sfL --max-time 60 "$2" | awk -v name="$3" '!found && (NF == 1 || $2 == name || $2 == "*" name) {print $1; found = 1}')
  echo "${sum:-none}  $1" | sha256sum -c --quiet - >&2 || { rm -f "$1"; fail "the checksum of $3 differs from $2"; }
}
executable() { chmod +x "$1"; mv -f "$1" "$2"; } # atomic: a killed download or build leaves only its working directory behind

download() { # program url checksum-url [path in the archive]
  missing "$1" || return 0
  begin "downloading $1"
  local file; file=$WORK/$(basename "$2"); fetch "$2" "$file"
  checked "$file" "$3" "$(basename "$2")"
  case $2 in
    *.tar.gz | *.tgz) tar -xzf "$file" -C "$WORK" "$4"; executable "$WORK/$4" "$BIN/$1" ;;
    *) executable "$file" "$BIN/$1" ;;
  esac
}

# Reports the progress of a build: Go prints each package that it has compiled.
followed() { # what command...
  local what=$1 log=$WORK/build.log since=$SECONDS next=$((SECONDS + 20)) pid; shift
  "$@" >"$log" 2>&1 &
  pid=$!
  while kill -0 $pid 2>/dev/null; do
    sleep 0.2
    if [ $SECONDS -ge $next ]; then say "  still building $what: $(grep -cE '^[a-z0-9./_-]+$' "$log" || true) packages compiled, $(duration $((SECONDS - since)))"; next=$((SECONDS + 20)); fi
  done
  wait $pid || { grep -vE '^(go: downloading .*|[a-z0-9./_-]+)$' "$log" | tail -20 >&2; fail "building $what failed"; }
}
duration() { if [ "$1" -lt 120 ]; then echo "$1 s"; else echo "$(($1 / 60)) min $(($1 % 60)) s"; fi; }
begin() { # what; counts the steps
  STEP=$((STEP + 1)); say "[$STEP of $STEPS, $(duration $SECONDS) elapsed] $1"
}

# Without debug information and with less garbage collection, the compiler needs a fifth less time. `followed` reads the output of `-v`.
go_build() { GOGC=400 go build -v -gcflags=all=-dwarf=false "$@"; }

# k8s.io/kubernetes takes the versions of its parts from its source tree, so `go install` fails. A module that names these versions can be built.
build_kubernetes() { # programs...
  go_at_hand Kubernetes; begin "building $*"
  local module=$WORK/kubernetes parts=v0.${KUBERNETES#v1.} source program minor=${KUBERNETES#v1.} version=k8s.io/component-base/version
  mkdir -p "$module/out"; cd "$module"
  source=$(go mod download -json "k8s.io/kubernetes@$KUBERNETES" | sed -n 's/^\t"Dir": "\(.*\)",/\1/p')
  { printf 'module lab\n\ngo 1.24.0\n\nrequire k8s.io/kubernetes %s\n\nreplace (\n' "$KUBERNETES"
    sed -n "s/^\t\(k8s.io\/[a-z-]*\) => .\/staging.*/\t\1 => \1 $parts/p" "$source/go.mod"; echo ")"; } >go.mod
  { printf '//go:build tools\n\npackage lab\n\nimport (\n'; printf '\t_ "k8s.io/kubernetes/cmd/%s"\n' "$@"; echo ")"; } >tools.go
  go mod tidy 2>/dev/null
  followed "$*" go_build -ldflags "-s -w -X $version.gitVersion=$KUBERNETES -X $version.gitMajor=1 -X $version.gitMinor=${minor%%.*}" -o out/ "${@/#/k8s.io/kubernetes/cmd/}"
  for program in "$@"; do executable "out/$program" "$BIN/$program"; done
  cd "$WORK"
}

build_module() { # program package version [linker flags]
  missing "$1" || return 0
  go_at_hand "$1"; begin "building $1"
  local module=$WORK/$1; mkdir -p "$module"; cd "$module"
  printf 'module lab\n\ngo 1.26.0\n' >go.mod
  # The module of the package is the part of its path that has a version.
  go get "$2@$3" 2>/dev/null || fail "the module of $2 $3 cannot be downloaded"
  followed "$1" go_build -ldflags "-s -w ${4:-}" -o program "$2"
  executable program "$BIN/$1"
  cd "$WORK"
}

# A current etcd and Compose are only in a newer Debian release: the packages are unpacked without root, and not installed.
from_debian() { # program package path-inside
  missing "$1" || return 0
  has apt-get || fail "$1 can be downloaded neither from $FROM_GITHUB nor from Debian"
  begin "extracting $1 from the Debian package $2"
  local apt=$WORK/apt mirror; mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
  mirror=$(grep -rhoE 'https?://[^ ]+/debian\b' /etc/apt/sources.list* 2>/dev/null | grep -v snapshot | head -1 || true)
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${mirror:?no Debian mirror is configured} trixie main" >"$apt/sources.list"
  local options=(-o APT::Sandbox::User=root -o "Dir::Etc::sourcelist=$apt/sources.list" -o Dir::Etc::sourceparts=- -o "Dir::State::lists=$apt/lists" -o "Dir::Cache=$apt/cache")
  [ -f "$apt/updated" ] || { apt-get "${options[@]}" update -qq; touch "$apt/updated"; }
  (cd "$apt" && apt-get "${options[@]}" download -qq "$2" 2>/dev/null && dpkg-deb -x "$2"_*.deb "$2")
  executable "$apt/$2/$3" "$BIN/$1"
}

get_kubernetes() { # programs...
  local program build=()
  for program in "$@"; do
    missing "$program" || continue
    download_kubernetes "$program" || build+=("$program")
  done
  [ ${#build[@]} -eq 0 ] || build_kubernetes "${build[@]}"
}

get_helm() {
  missing helm || return 0
  download_helm helm $HELM || build_module helm helm.sh/helm/v3/cmd/helm $HELM "-X helm.sh/helm/v3/internal/version.version=$HELM"
}

get_coredns() {
  missing coredns || return 0
  download_coredns || build_module coredns github.com/coredns/coredns $COREDNS
}

download_kubernetes() { # program; fails if it cannot be reached
  local folder=$FROM_KUBERNETES/$KUBERNETES/bin/linux/$ARCH
  reachable "$folder/$1" && download "$1" "$folder/$1" "$folder/$1.sha256"
}

download_helm() { # program version; fails if it cannot be reached
  local archive=helm-$2-linux-$ARCH.tar.gz
  reachable "$FROM_HELM/$archive" && download "$1" "$FROM_HELM/$archive" "$FROM_HELM/$archive.sha256sum" "linux-$ARCH/helm"
}

download_coredns() { # fails if it cannot be reached
  local archive=coredns_${COREDNS#v}_linux_$ARCH.tgz folder=$FROM_GITHUB/coredns/coredns/releases/download/$COREDNS
  reachable "$folder/$archive.sha256" && download coredns "$folder/$archive" "$folder/$archive.sha256" coredns
}

get_helm4() {
  missing helm4 || return 0
  download_helm helm4 $HELM4 || build_module helm4 helm.sh/helm/v4/cmd/helm $HELM4 "-X helm.sh/helm/v4/internal/version.version=$HELM4"
}

get_etcd() { # etcd or etcdctl
  missing "$1" || return 0
  local name=etcd-$ETCD-linux-$ARCH folder=$FROM_GITHUB/etcd-io/etcd/releases/download/$ETCD
  if reachable "$folder/SHA256SUMS"; then download "$1" "$folder/$name.tar.gz" "$folder/SHA256SUMS" "$name/$1"
  elif [ "$1" = etcd ]; then from_debian etcd etcd-server usr/bin/etcd
  else from_debian etcdctl etcd-client usr/bin/etcdctl; fi
}

# Compose as `docker-compose`, for the node lab and `npm test`.
get_compose() {
  missing docker-compose || return 0
  local name=docker-compose-linux-$MACHINE folder=$FROM_GITHUB/docker/compose/releases/download/$COMPOSE
  if reachable "$folder/$name.sha256"; then download docker-compose "$folder/$name" "$folder/$name.sha256"
  else from_debian docker-compose docker-compose usr/libexec/docker/cli-plugins/docker-compose; fi
}

# The versions for LAB_COMPOSE (see common.sh), each in a directory of its own.
get_compose_versions() {
  mkdir -p "$BIN"/compose-{1.29,2.26,2.40,5.6}
  get_compose_v1
  from_debian compose-2.26/docker-compose docker-compose usr/libexec/docker/cli-plugins/docker-compose
  build_module compose-2.40/docker-compose github.com/docker/compose/v2/cmd $COMPOSE "-X github.com/docker/compose/v2/internal.Version=$COMPOSE"
  build_module compose-5.6/docker-compose github.com/docker/compose/v5/cmd $COMPOSE5 "-X github.com/docker/compose/v5/internal.Version=$COMPOSE5"
}

# Compose v1, which many older machines with Milvus 2.2 have, in a Python virtual environment.
get_compose_v1() {
  local venv=$CACHE/compose-v1 list=$HERE/python/compose-v1.txt
  if ! cmp -s "$list" "$venv/installed.txt"; then
    begin "installing Compose v1"
    rm -rf "$venv"; produce "$venv" compose_v1_environment "$list"
  fi
  # Not a link to the program in the environment, which contains the path where it was created.
  printf '#!/bin/sh\nexec "%s/bin/python" -m compose "$@"\n' "$venv" >"$WORK/compose-v1"
  executable "$WORK/compose-v1" "$BIN/compose-1.29/docker-compose"
}
compose_v1_environment() { # into $PART
  "$(interpreter "Compose v1")" -m venv "$PART"
  "$PART/bin/python" -m pip install -q --disable-pip-version-check --no-deps -r "$1"
  cp "$1" "$PART/installed.txt"
}

packages() { # installs missing packages of Debian or Ubuntu
  local package need=()
  for package in docker.io containerd runc iptables containernetworking-plugins conntrack debootstrap gcc libc6-dev maven python3-venv python3-pip; do
    case $package in # another Docker or Maven is sufficient
      docker.io) ! has dockerd || continue ;;
      containerd | runc) ! has $package || continue ;;
      maven) ! has mvn || continue ;;
    esac
    dpkg -s "$package" >/dev/null 2>&1 || need+=("$package")
  done
  [ ${#need[@]} -gt 0 ] || return 0
  [ "$(id -u)" = 0 ] || fail "these packages are missing; run: sudo apt-get install --no-install-recommends ${need[*]}"
  begin "installing ${need[*]}"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${need[@]}" >/dev/null
}

# The number of steps of a tier; steps without work are not counted.
count_steps() {
  local program built=0; STEP=0; STEPS=0
  for program in "${SINGLE[@]}"; do ! missing "$program" || STEPS=$((STEPS + 1)); done
  for program in "${KUBERNETES_PROGRAMS[@]}"; do ! missing "$program" || built=1; done
  STEPS=$((STEPS + built))
}

lock tools
WORK=$(mktemp -d "$CACHE/tools.XXXXXX"); trap 'rm -rf "$WORK"' EXIT
KUBERNETES_PROGRAMS=(kube-apiserver kube-controller-manager kube-scheduler kubectl); SINGLE=(etcd helm kwok)
case ${1:-} in
  simulated) ;;
  node) KUBERNETES_PROGRAMS+=(kubelet kube-proxy); SINGLE+=(etcdctl docker-compose coredns) ;;
  helm4) KUBERNETES_PROGRAMS=(); SINGLE=(helm4) ;;
  compose) KUBERNETES_PROGRAMS=(); SINGLE=(compose-1.29/docker-compose compose-2.26/docker-compose compose-2.40/docker-compose compose-5.6/docker-compose) ;;
  runner) KUBERNETES_PROGRAMS=(); SINGLE=(act) ;;
  *) fail "usage: tools.sh simulated|node|helm4|compose|runner" ;;
esac
count_steps
case $1 in
  node)
    has apt-get || fail "the node tier needs packages of Debian or Ubuntu; apt-get is missing"
    packages
    get_etcd etcdctl
    get_compose
    get_coredns
    ;;
  helm4)
    get_helm4
    mkdir -p "$BIN/helm-4"; ln -sfn ../helm4 "$BIN/helm-4/helm" # see LAB_HELM in common.sh
    ;;
  compose) get_compose_versions ;;
  # A GitHub runner for workflows. It is always built, so that it is the same on every machine.
  runner) build_module act github.com/nektos/act $ACT ;;
esac
case $1 in
  simulated | node)
    get_etcd etcd
    get_kubernetes "${KUBERNETES_PROGRAMS[@]}"
    get_helm
    # kwok publishes no checksums of its binaries; the Go checksum database has the checksum of its module.
    build_module kwok sigs.k8s.io/kwok/cmd/kwok $KWOK
    ;;
esac
echo "$BIN"
