#!/bin/bash
# Lists what is missing on this machine for each tier of the lab, with the command that installs it. Changes nothing. Exit code 1 if anything is missing.
# usage: check.sh [simulated|node]
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
LACKS=0
lacks() { echo "  missing: $1"; echo "           $2"; LACKS=1; }
tool() { has "$1" || lacks "$1" "$2"; }
apt() { echo "sudo apt-get install --no-install-recommends $1"; }
programs() { # tier programs...
  local tier=$1 program need=(); shift
  for program in "$@"; do [ -x "$BIN/$program" ] || need+=("$program"); done
  [ ${#need[@]} -eq 0 ] || lacks "${need[*]}" "lab/lab tools $tier"
}

check_simulated() {
  [ "$(uname -s)" = Linux ] || lacks "Linux" "the programs of the lab are started and identified through /proc; use a Linux machine or container"
  { has node && node -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 20 ? 0 : 1)'; } || lacks "Node.js 20 or later" "https://nodejs.org/en/download"
  [ -d "$HERE/../node_modules/yaml" ] || lacks "the npm packages" "npm ci"
  tool curl "$(apt curl)"; tool openssl "$(apt openssl)"; tool flock "$(apt util-linux)"; tool awk "$(apt mawk)"
  [ -x "$BIN/kwok" ] || tool go "https://go.dev/doc/install (kwok is built from its module; if the download hosts cannot be reached, the other programs are built too)"
  programs simulated etcd kube-apiserver kube-controller-manager kube-scheduler kubectl helm kwok
}

check_node() {
  [ "$(id -u)" = 0 ] || lacks "root, for containers and their network" "sudo MILVUS_LAB=$CACHE lab/lab check node"
  local program package
  for program in containerd dockerd runc iptables conntrack; do
    package=$program; [ $program != dockerd ] || package=docker.io
    has $program || lacks $program "lab/lab tools node   # or: $(apt $package)"
  done
  [ -x /usr/lib/cni/bridge ] || [ -x /opt/cni/bin/bridge ] || lacks "the network plugins of containers" "lab/lab tools node   # or: $(apt containernetworking-plugins)"
  programs node etcdctl kubelet kube-proxy coredns docker-compose
  [ "$(awk '/MemTotal/ {print int($2 / 1048576)}' /proc/meminfo)" -ge 7 ] || lacks "8 GB of memory, for eight components of Milvus" "a larger machine"
  [ "$(df -Pk /var/lib | awk 'NR == 2 {print int($4 / 1048576)}')" -ge 10 ] || lacks "10 GB free in /var/lib, for images" "docker system prune"
  STATE=$CACHE/node
  alive apiserver || ! listening 6443 || lacks "port 6443, which another program uses" "stop the other Kubernetes cluster on this machine"
  check_python
  if docker info >/dev/null 2>&1 && ! docker image inspect lab/kafka:3.7.2 >/dev/null 2>&1; then
    for program in debootstrap gcc mvn; do has $program || lacks "$program, to build images if Docker Hub cannot be reached" "lab/lab tools node"; done
    lacks "container images" "lab/lab images 2.2.12 2.2.16 2.3.5"
  fi
}

check_python() {
  local name
  for name in python3 python3.11 python3.10 python3.9; do
    has $name && $name -c 'import sys, venv, ensurepip; sys.exit(not (3, 8) <= sys.version_info[:2] <= (3, 11))' 2>/dev/null && return
  done
  lacks "Python 3.8 to 3.11 with venv, for the client of Milvus 2.2" "$(apt 'python3 python3-venv')"
}

TIERS=("$@"); [ $# -gt 0 ] || TIERS=(simulated node)
for tier in "${TIERS[@]}"; do
  before=$LACKS; LACKS=0
  echo "$tier:"
  case $tier in simulated) check_simulated ;; node) check_node ;; *) fail "usage: check.sh [simulated|node]" ;; esac
  [ $LACKS = 1 ] || echo "  nothing is missing"
  LACKS=$((LACKS | before))
done
exit $LACKS
