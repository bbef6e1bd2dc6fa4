#!/bin/bash
# Gets the programs of a tier into $BIN, Helm 3 as `helm` and Helm 4 as `helm4`. Official binaries, checked against their published checksums,
# where they can be reached; elsewhere Go builds them from modules, whose sums Go checks, and etcd comes out of Debian's package. Nothing is
# installed but Debian packages of the node.
# usage: tools.sh simulated|node|runner   a second run takes no time; LAB_OFFLINE=1 builds although the download hosts can be reached
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
PATH=$BIN:$PATH
KUBERNETES=v1.34.4; ETCD=v3.5.16; HELM=v3.21.4; HELM4=v4.3.1; COREDNS=v1.12.4; KWOK=v0.7.0; ACT=v0.2.89; COMPOSE=v2.40.3
# Mirrors with the same paths may be named instead.
FROM_KUBERNETES=${LAB_FROM_KUBERNETES:-https://dl.k8s.io/release}
FROM_HELM=${LAB_FROM_HELM:-https://get.helm.sh}
FROM_GITHUB=${LAB_FROM_GITHUB:-https://github.com}
ARCH=$(uname -m | sed 's/x86_64/amd64/; s/aarch64/arm64/'); MACHINE=$(uname -m)
export GOFLAGS=-mod=mod
mkdir -p "$BIN"

reachable() { [ "${LAB_OFFLINE:-}" != 1 ] && curl -sfIL -o /dev/null --max-time 5 "$1"; }
fetch() { curl -sfL --retry 3 --max-time 900 -o "$2" "$1"; }
missing() { [ ! -x "$BIN/$1" ]; }
go_at_hand() { has go || fail "Go 1.24 or later is missing, and $1 has to be built; see https://go.dev/doc/install"; }

# The checksum file holds either the sum alone, or lines of a sum and a file name.
checked() { # file checksum-url name-in-it
  local sum; sum=$(curl -sfL --max-time 60 "$2" | awk -v name="$3" 'NF == 1 || $2 == name || $2 == "*" name {print $1; exit}')
  echo "${sum:-none}  $1" | sha256sum -c --quiet - >&2 || { rm -f "$1"; fail "$3 is not what $2 says"; }
}
executable() { chmod +x "$1"; mv -f "$1" "$2"; } # what is in $BIN is whole: a killed download or build leaves only its working folder behind

download() { # program url checksum-url [path in the archive]
  missing "$1" || return 0
  say "downloading $1"
  local file; file=$WORK/$(basename "$2"); fetch "$2" "$file"
  checked "$file" "$3" "$(basename "$2")"
  case $2 in
    *.tar.gz | *.tgz) tar -xzf "$file" -C "$WORK" "$4"; executable "$WORK/$4" "$BIN/$1" ;;
    *) executable "$file" "$BIN/$1" ;;
  esac
}

# k8s.io/kubernetes leaves the versions of its parts to its own source tree, so it cannot be `go install`ed: a module that names them can.
build_kubernetes() { # programs...
  go_at_hand Kubernetes; say "building $* (minutes)"
  local module=$WORK/kubernetes parts=v0.${KUBERNETES#v1.} source program minor=${KUBERNETES#v1.} version=k8s.io/component-base/version
  mkdir -p "$module/out"; cd "$module"
  source=$(go mod download -json "k8s.io/kubernetes@$KUBERNETES" | sed -n 's/^\t"Dir": "\(.*\)",/\1/p')
  { printf 'module lab\n\ngo 1.24.0\n\nrequire k8s.io/kubernetes %s\n\nreplace (\n' "$KUBERNETES"
    sed -n "s/^\t\(k8s.io\/[a-z-]*\) => .\/staging.*/\t\1 => \1 $parts/p" "$source/go.mod"; echo ")"; } >go.mod
  { printf '//go:build tools\n\npackage lab\n\nimport (\n'; printf '\t_ "k8s.io/kubernetes/cmd/%s"\n' "$@"; echo ")"; } >tools.go
  go mod tidy 2>/dev/null
  go build -ldflags "-s -w -X $version.gitVersion=$KUBERNETES -X $version.gitMajor=1 -X $version.gitMinor=${minor%%.*}" -o out/ "${@/#/k8s.io/kubernetes/cmd/}"
  for program in "$@"; do executable "out/$program" "$BIN/$program"; done
  cd "$WORK"
}

build_module() { # program package@version [linker flags]
  missing "$1" || return 0
  go_at_hand "$1"; say "building $1"
  GOBIN=$WORK/go/$1 go install -ldflags "-s -w ${3:-}" "$2"
  executable "$WORK/go/$1"/* "$BIN/$1"
}

# A current etcd and Compose are in Debian's next release only: one package each, unpacked without root, nothing of it installed.
from_debian() { # program package path-inside
  missing "$1" || return 0
  has apt-get || fail "$1 can be had neither from $FROM_GITHUB nor from Debian"
  say "taking $1 out of Debian's $2"
  local apt=$WORK/apt mirror; mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
  mirror=$(grep -rhoE 'https?://[^ ]+/debian\b' /etc/apt/sources.list* 2>/dev/null | grep -v snapshot | head -1 || true)
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${mirror:?no Debian mirror is configured} trixie main" >"$apt/sources.list"
  local options=(-o APT::Sandbox::User=root -o "Dir::Etc::sourcelist=$apt/sources.list" -o Dir::Etc::sourceparts=- -o "Dir::State::lists=$apt/lists" -o "Dir::Cache=$apt/cache")
  [ -f "$apt/updated" ] || { apt-get "${options[@]}" update -qq; touch "$apt/updated"; }
  (cd "$apt" && apt-get "${options[@]}" download -qq "$2" 2>/dev/null && dpkg-deb -x "$2"_*.deb "$2")
  executable "$apt/$2/$3" "$BIN/$1"
}

get_kubernetes() { # programs...
  local program need=()
  for program in "$@"; do ! missing "$program" || need+=("$program"); done
  [ ${#need[@]} -gt 0 ] || return 0
  local folder=$FROM_KUBERNETES/$KUBERNETES/bin/linux/$ARCH
  reachable "$folder/${need[0]}" || { build_kubernetes "${need[@]}"; return; }
  for program in "${need[@]}"; do download "$program" "$folder/$program" "$folder/$program.sha256"; done
}

get_helm() { # program version
  missing "$1" || return 0
  local archive=helm-$2-linux-$ARCH.tar.gz module=helm.sh/helm/${2%%.*}
  if reachable "$FROM_HELM/$archive"; then download "$1" "$FROM_HELM/$archive" "$FROM_HELM/$archive.sha256sum" "linux-$ARCH/helm"
  else build_module "$1" "$module/cmd/helm@$2" "-X $module/internal/version.version=$2"; fi
}

get_etcd() { # etcd or etcdctl
  missing "$1" || return 0
  local name=etcd-$ETCD-linux-$ARCH folder=$FROM_GITHUB/etcd-io/etcd/releases/download/$ETCD
  if reachable "$folder/SHA256SUMS"; then download "$1" "$folder/$name.tar.gz" "$folder/SHA256SUMS" "$name/$1"
  elif [ "$1" = etcd ]; then from_debian etcd etcd-server usr/bin/etcd
  else from_debian etcdctl etcd-client usr/bin/etcdctl; fi
}

get_coredns() {
  missing coredns || return 0
  local archive=coredns_${COREDNS#v}_linux_$ARCH.tgz folder=$FROM_GITHUB/coredns/coredns/releases/download/$COREDNS
  if reachable "$folder/$archive.sha256"; then download coredns "$folder/$archive" "$folder/$archive.sha256" coredns
  else build_module coredns "github.com/coredns/coredns@$COREDNS"; fi
}

get_compose() {
  missing docker-compose || return 0
  local name=docker-compose-linux-$MACHINE folder=$FROM_GITHUB/docker/compose/releases/download/$COMPOSE
  if reachable "$folder/$name.sha256"; then download docker-compose "$folder/$name" "$folder/$name.sha256"
  else from_debian docker-compose docker-compose usr/libexec/docker/cli-plugins/docker-compose; fi
}

# What most machines of Milvus 2.2's time have: Compose v1, in a Python environment of its own, for LAB_COMPOSE=1 (see common.sh).
get_compose_v1() {
  local venv=$CACHE/compose-v1 list=$HERE/python/compose-v1.txt
  if ! cmp -s "$list" "$venv/installed.txt"; then
    say "installing Compose v1"
    rm -rf "$venv"; produce "$venv" compose_v1_environment "$list"
  fi
  mkdir -p "$BIN/compose-1" # not a link to the program in there, which names the folder where it was made
  printf '#!/bin/sh\nexec "%s/bin/python" -m compose "$@"\n' "$venv" >"$WORK/compose-v1"
  executable "$WORK/compose-v1" "$BIN/compose-1/docker-compose"
}
compose_v1_environment() { # into $PART
  "$(interpreter "Compose v1")" -m venv "$PART"
  "$PART/bin/python" -m pip install -q --disable-pip-version-check --no-deps -r "$1"
  cp "$1" "$PART/installed.txt"
}

packages() { # those that are missing, of Debian or Ubuntu
  local package need=()
  for package in docker.io containerd runc iptables containernetworking-plugins conntrack debootstrap gcc libc6-dev maven python3-venv python3-pip; do
    case $package in # another Docker or Maven serves as well
      docker.io) ! has dockerd || continue ;;
      containerd | runc) ! has $package || continue ;;
      maven) ! has mvn || continue ;;
    esac
    dpkg -s "$package" >/dev/null 2>&1 || need+=("$package")
  done
  [ ${#need[@]} -gt 0 ] || return 0
  [ "$(id -u)" = 0 ] || fail "these packages are missing; run: sudo apt-get install --no-install-recommends ${need[*]}"
  say "installing" "${need[@]}"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${need[@]}" >/dev/null
}

lock tools
WORK=$(mktemp -d "$CACHE/tools.XXXXXX"); trap 'rm -rf "$WORK"' EXIT
case ${1:-} in
  simulated | node) ;;
  # Plays a GitHub runner. Built everywhere, so that it is the same everywhere.
  runner) build_module act "github.com/nektos/act@$ACT"; echo "$BIN"; exit ;;
  *) fail "usage: tools.sh simulated|node|runner" ;;
esac
PROGRAMS=(kube-apiserver kube-controller-manager kube-scheduler kubectl)
if [ "$1" = node ]; then
  has apt-get || fail "the node's packages are those of Debian or Ubuntu; there is no apt-get here"
  PROGRAMS+=(kubelet kube-proxy)
  packages
  get_etcd etcdctl
  get_coredns
  get_compose
  get_compose_v1
fi
get_etcd etcd
get_kubernetes "${PROGRAMS[@]}"
get_helm helm $HELM
get_helm helm4 $HELM4
mkdir -p "$BIN/helm-4"; ln -sfn ../helm4 "$BIN/helm-4/helm" # see LAB_HELM in common.sh
# kwok publishes no checksums beside its binaries; its module's sum is known to Go's checksum database.
build_module kwok "sigs.k8s.io/kwok/cmd/kwok@$KWOK"
echo "$BIN"
