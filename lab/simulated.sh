#!/bin/bash
# A simulated cluster, without root: real etcd, kube-apiserver, kube-controller-manager and kube-scheduler; kwok simulates the
# kubelets, so that pods become ready or fail as simulated/kwok.yaml defines, without running. Starts in about 5 s; immediately if it is running already.
# usage: simulated.sh up [NODES] | down | env | requests          LAB_NAME=other starts a second cluster
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
NAME=simulated${LAB_NAME:+-$LAB_NAME}; STATE=$CACHE/$NAME
export KUBECONFIG=$STATE/kubeconfig
PROGRAMS=(kwok scheduler controller-manager apiserver etcd)
now() { kubectl --request-timeout=2s get --raw /readyz; }

secrets() { # created once, so that existing kubeconfigs stay valid when the cluster is started again
  [ -f tokens.csv ] && return
  openssl genrsa -out sa.key 2048 2>/dev/null
  openssl rsa -in sa.key -pubout -out sa.pub 2>/dev/null
  (umask 077; echo "$(openssl rand -hex 16),admin,1,system:masters" >tokens.new; mv tokens.new tokens.csv)
}

write_kubeconfig() {
  local token; token=$(cut -d, -f1 tokens.csv)
  (umask 077; cat >kubeconfig <<K
apiVersion: v1
kind: Config
clusters: [{name: simulated, cluster: {server: "https://127.0.0.1:$API", certificate-authority: $STATE/certs/apiserver.crt}}]
users: [{name: admin, user: {token: $token}}]
contexts: [{name: simulated, context: {cluster: simulated, user: admin}}]
current-context: simulated
K
  )
}

kwok_rules() { sed "s#STATE#$STATE#g" "$HERE/simulated/kwok.yaml"; }

control_plane() {
  ETCD=$(free_port 22379); PEER=$(free_port 22480); API=$(free_port 26443); KUBELET=$(free_port 22550)
  # The data does not have to survive a power failure, so etcd does not wait for the disk: this doubles the speed.
  start etcd "$BIN/etcd" --data-dir etcd --unsafe-no-fsync --logger zap --log-level error \
    --listen-client-urls "http://127.0.0.1:$ETCD" --advertise-client-urls "http://127.0.0.1:$ETCD" \
    --listen-peer-urls "http://127.0.0.1:$PEER" --initial-advertise-peer-urls "http://127.0.0.1:$PEER" --initial-cluster "default=http://127.0.0.1:$PEER"
  # Simulated pods need no service account tokens, and claims need no protection, which would slow down the deletion of namespaces. Tests count requests with the audit log.
  start apiserver kube-apiserver --etcd-servers="http://127.0.0.1:$ETCD" --bind-address=127.0.0.1 --secure-port="$API" --cert-dir=certs \
    --token-auth-file=tokens.csv --authorization-mode=RBAC --service-cluster-ip-range=10.97.0.0/16 --disable-admission-plugins=ServiceAccount,StorageObjectInUseProtection \
    --service-account-key-file=sa.pub --service-account-signing-key-file=sa.key --service-account-issuer=https://kubernetes.default.svc \
    --kubelet-preferred-address-types=InternalIP \
    --audit-log-path="$STATE/audit.log" --audit-policy-file="$HERE/simulated/audit.yaml" --audit-log-maxsize=200 --audit-log-maxbackup=1
  until_ok 20 test -f certs/apiserver.crt
  write_kubeconfig
  until_ok 60 now
  # Volumes are empty directories below /tmp, as on a one-node cluster.
  start controller-manager kube-controller-manager --kubeconfig=kubeconfig --service-account-private-key-file=sa.key --leader-elect=false --secure-port=0 \
    --enable-hostpath-provisioner --node-monitor-grace-period=10m --kube-api-qps=200 --kube-api-burst=400
  start scheduler kube-scheduler --kubeconfig=kubeconfig --leader-elect=false --secure-port=0 --kube-api-qps=200 --kube-api-burst=400
  kwok_rules >kwok.yaml
  cp "$HERE"/simulated/*.log .
  echo "$KUBELET" >kubelet.port
  # Without a lease kwok 0.7.0 sends the heartbeat of a node every ten minutes: the nodes and all pods would soon be not ready.
  # kwok also serves the API of the kubelets (kubectl logs), with the certificate of the API server.
  start kwok kwok --kubeconfig=kubeconfig --config=kwok.yaml --manage-all-nodes=true --node-lease-duration-seconds=40 --cidr=10.42.0.0/16 --node-ip=127.0.0.1 \
    --node-port="$KUBELET" --server-address="127.0.0.1:$KUBELET" --tls-cert-file=certs/apiserver.crt --tls-private-key-file=certs/apiserver.key
}

nodes() {
  local n
  for n in $(seq "$1"); do
    printf 'apiVersion: v1\nkind: Node\nmetadata: {name: node-%s, labels: {kubernetes.io/hostname: node-%s}}\n---\n' "$n" "$n"
  done | kubectl apply -f - -f "$HERE/storage-class.yaml" >/dev/null
  kubectl wait --for=condition=Ready node --all --timeout=30s >/dev/null
  # kwok writes its port to a node once. After a restart with the same data it may listen on another port, and logs could not be read.
  for n in $(seq "$1"); do
    kubectl patch node "node-$n" --subresource=status --type=merge -p "{\"status\":{\"daemonEndpoints\":{\"kubeletEndpoint\":{\"Port\":$(cat kubelet.port)}}}}" >/dev/null
  done
  echo "$1" >nodes
}

up() {
  local name whole=yes count
  for name in etcd kube-apiserver kube-controller-manager kube-scheduler kwok kubectl; do
    [ -x "$BIN/$name" ] || fail "$name is missing; run: lab/lab tools simulated"
  done
  lock "$NAME"; mkdir -p "$STATE"; cd "$STATE"
  count=${1:-$(cat nodes 2>/dev/null || echo 1)}
  for name in "${PROGRAMS[@]}"; do alive "$name" || whole=; done
  # Restart if the rules for the pods have changed since the start.
  kwok_rules | cmp -s - kwok.yaml && [ -f kubelet.port ] || whole=
  if [ -z "$whole" ] || ! now >/dev/null 2>&1; then
    # If one program has ended, the others would wait for its old port: restart all of them with the same data.
    stop "${PROGRAMS[@]}"; rm -f nodes; volumes; secrets; control_plane
  fi
  [ "$(cat nodes 2>/dev/null)" = "$count" ] || nodes "$count"
  env_
}

down() { lock "$NAME"; forget_volumes; stop "${PROGRAMS[@]}"; rm -rf "$STATE"; }

env_() { echo "export KUBECONFIG=$KUBECONFIG LAB_AUDIT_LOG=$STATE/audit.log PATH=$TOOLS_PATH:\$PATH"; }

# The number of requests of each program.
requests() { grep -o '"userAgent":"[^"]*"' "$STATE/audit.log" | cut -d'"' -f4 | sort | uniq -c | sort -rn; }

case ${1:-} in
  up) shift; up "$@" ;;
  down) down ;;
  env) env_ ;;
  requests) requests ;;
  *) fail "usage: simulated.sh up [NODES] | down | env | requests" ;;
esac
