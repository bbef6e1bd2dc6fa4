# shellcheck shell=bash
# Sourced by every script of the lab: directories, and functions that start, identify and stop programs.
# Contains nothing specific to Kubernetes or Milvus.
set -euo pipefail
# shellcheck disable=SC2034  # read by the scripts that source this file
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# One directory per user contains everything that the lab downloads, builds and runs; removing it removes the lab.
CACHE=${MILVUS_LAB:-${XDG_CACHE_HOME:-$HOME/.cache}/milvus-lab}
# shellcheck disable=SC2034  # read by the scripts that source this file
BIN=$CACHE/bin
# LAB_HELM=4 selects Helm 4 as `helm`, and LAB_COMPOSE=1.29, 2.26, 2.40 or 5.6 selects that version of Compose as `docker-compose`: in the lab,
# and in the environment that `lab/lab … env` prints. `lab/lab tools helm4` and `lab/lab tools compose` install them.
TOOLS_PATH=$BIN
case ${LAB_HELM:-3} in
  3) ;;
  4) TOOLS_PATH=$BIN/helm-4:$TOOLS_PATH ;;
  *) echo "lab: LAB_HELM is \"$LAB_HELM\"; write 3 or 4" >&2; exit 1 ;;
esac
case ${LAB_COMPOSE:-} in
  '') ;;
  1.29 | 2.26 | 2.40 | 5.6) TOOLS_PATH=$BIN/compose-$LAB_COMPOSE:$TOOLS_PATH ;;
  *) echo "lab: LAB_COMPOSE is \"$LAB_COMPOSE\"; write 1.29, 2.26, 2.40 or 5.6" >&2; exit 1 ;;
esac
PATH=$TOOLS_PATH:$PATH
export KUBECACHEDIR=$CACHE/kubectl # separate from the user's own cache
# Every program of a cluster is written in Go. A garbage collection less often takes more memory and about 10 % less CPU.
export GOGC=${GOGC:-400}
STATE=$CACHE # each script sets this to the directory of what it runs

say() { echo "lab: $*" >&2; }
fail() { say "$*"; exit 1; }
has() { command -v "$1" >/dev/null 2>&1; }

# Retries a command every 0.25 s until it succeeds or the time limit is reached.
until_ok() {
  local deadline=$((SECONDS + $1)); shift
  until "$@" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$deadline" ] || { say "timed out waiting for: $*"; return 1; }
    sleep 0.25
  done
}

# Only one `up` or `down` of the same cluster at a time. Programs that are started under the lock must not keep it, so `start` closes it.
lock() { mkdir -p "$CACHE"; exec 9>"$CACHE/$1.lock"; flock 9; }

# A PID may be reused by another program, so the name of the program is recorded and compared.
alive() {
  local pid program
  [ -f "$STATE/$1.pid" ] && read -r pid program <"$STATE/$1.pid" &&
    [ "$(basename "$(readlink "/proc/$pid/exe" 2>/dev/null)")" = "$program" ]
}

start() { # name program arguments...
  local name=$1 program; shift
  alive "$name" && return
  program=$(basename "$(readlink -f "$(command -v "$1")")")
  mkdir -p "$STATE/log"
  setsid nohup "$@" >"$STATE/log/$name.log" 2>&1 </dev/null 9>&- &
  echo "$! $program" >"$STATE/$name.pid"
}

# Stops programs of `start` in the given order, and waits until each has exited; the last resort is SIGKILL, to the same PID only.
stop() {
  local name pid n
  for name in "$@"; do
    if alive "$name"; then
      read -r pid _ <"$STATE/$name.pid"; kill "$pid" 2>/dev/null || true
      for n in $(seq 100); do alive "$name" || break; [ "$n" != 80 ] || kill -KILL "$pid" 2>/dev/null || true; sleep 0.1; done
    fi
    rm -f "$STATE/$name.pid"
  done
}

listening() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# The requested port, or the next free one.
free_port() { local port=$1; while listening "$port"; do port=$((port + 1)); done; echo "$port"; }

# Creates a file atomically: a process that is killed while writing leaves no incomplete file.
# usage: produce FILE command...   (the command writes to "$PART")
produce() {
  local file=$1; shift
  PART=$file.part.$$; rm -rf "$PART"
  "$@" || { rm -rf "$PART"; return 1; }
  mv -f "$PART" "$file"
}

# The Python packages for Milvus 2.2 have binary wheels up to Python 3.11; for later versions they would take half an hour to compile, or fail.
interpreter() {
  local name
  for name in python3 python3.11 python3.10 python3.9; do
    has "$name" && "$name" -c 'import sys; sys.exit(not (3, 8) <= sys.version_info[:2] <= (3, 11))' && { echo "$name"; return; }
  done
  fail "Python 3.8 to 3.11 is missing; $1 needs one of them"
}

# The provisioner of the controller manager creates volumes here, in both tiers; root and other users must both be able to write.
VOLUMES=/tmp/hostpath_pv
volumes() {
  mkdir -p "$VOLUMES"
  [ ! -O "$VOLUMES" ] || chmod 1777 "$VOLUMES"
  [ -w "$VOLUMES" ] || fail "$VOLUMES cannot be written; its owner can run: chmod 1777 $VOLUMES"
}
forget_volumes() { # before a cluster is removed
  kubectl --request-timeout=3s get persistentvolumes -o jsonpath='{range .items[*]}{.spec.hostPath.path}{"\n"}{end}' 2>/dev/null |
    grep "^$VOLUMES/" | xargs -r rm -rf || true
}
