#!/bin/bash
# A real one-node Kubernetes on this machine, as root: etcd, kube-apiserver, controller-manager, scheduler, kubelet on containerd, bridge
# network, kube-proxy, CoreDNS; and Docker for images and Compose. Starts in about 20 s; immediately if it is running already.
# usage: node.sh up | down | reset | env        `down` keeps the data of the cluster for the next `up`, `reset` deletes it
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
STATE=$CACHE/node; PKI=$STATE/pki
NODE=lab-node; SERVICES=10.96.0.0/16; PODS=10.244.0.0/24; GATEWAY=10.244.0.1; DNS=10.96.0.10
PAUSE=registry.k8s.io/pause:3.10
CNI_PLUGINS=/usr/lib/cni; [ -d $CNI_PLUGINS ] || CNI_PLUGINS=/opt/cni/bin
CNI_CONFIG=$STATE/cni
export KUBECONFIG=$STATE/admin.kubeconfig
# shellcheck source=node/files.sh
. "$HERE/node/files.sh"
PROGRAMS=(coredns proxy kubelet scheduler controller-manager apiserver etcd) # in the order of the shutdown

# The first address of the machine that does not belong to a container network. Reads every line: with pipefail, a program whose reader ends early
# fails with 141.
IP=$(ip -4 -o addr show scope global 2>/dev/null | awk '$2 !~ /^(cni0|docker|br-|veth)/ && !found {split($4, a, "/"); print a[1]; found = 1}')

runtime() {
  # A containerd or Docker of the system is used as it is; otherwise the lab starts its own with the default directories, so that images are kept.
  if ! ctr version >/dev/null 2>&1 || alive containerd; then
    containerd_config
    start containerd containerd --config "$STATE/containerd.toml"
    until_ok 30 ctr version
  else
    ctr plugins ls | grep -E 'cri +.*ok$' >/dev/null || fail "the CRI plugin of the running containerd is disabled; remove cri from disabled_plugins in /etc/containerd/config.toml and restart containerd"
    CNI_CONFIG=/etc/cni/net.d
  fi
  if ! docker info >/dev/null 2>&1 || alive dockerd; then
    start dockerd dockerd --containerd /run/containerd/containerd.sock
    until_ok 60 docker info
  fi
  ctr -n k8s.io images ls -q | grep -xF $PAUSE >/dev/null || "$HERE/images.sh" >/dev/null
}

network() {
  sysctl -qw net.ipv4.ip_forward=1
  ip link add cni0 type bridge 2>/dev/null || true # before the first pod, because CoreDNS listens on it
  ip addr replace $GATEWAY/24 dev cni0
  ip link set cni0 up
  local way # Docker drops forwarded packets of other networks
  for way in -i -o; do iptables -C FORWARD $way cni0 -j ACCEPT 2>/dev/null || iptables -I FORWARD $way cni0 -j ACCEPT; done
}

control_plane() {
  alive apiserver || ! listening 6443 || fail "port 6443 is in use: another Kubernetes cluster may be running on this machine"
  start etcd "$BIN/etcd" --data-dir "$STATE/etcd" --log-level error --listen-client-urls http://127.0.0.1:12379 --advertise-client-urls http://127.0.0.1:12379 \
    --listen-peer-urls http://127.0.0.1:12380 --initial-advertise-peer-urls http://127.0.0.1:12380 --initial-cluster default=http://127.0.0.1:12380
  start apiserver kube-apiserver --etcd-servers=http://127.0.0.1:12379 --secure-port=6443 --advertise-address="$IP" --authorization-mode=Node,RBAC \
    --service-cluster-ip-range=$SERVICES --tls-cert-file="$PKI/apiserver.crt" --tls-private-key-file="$PKI/apiserver.key" --client-ca-file="$PKI/ca.crt" \
    --service-account-key-file="$PKI/sa.pub" --service-account-signing-key-file="$PKI/sa.key" --service-account-issuer=https://kubernetes.default.svc \
    --kubelet-client-certificate="$PKI/admin.crt" --kubelet-client-key="$PKI/admin.key" --kubelet-preferred-address-types=InternalIP --allow-privileged=true
  until_ok 90 kubectl get --raw /readyz
  start controller-manager kube-controller-manager --kubeconfig="$KUBECONFIG" --service-account-private-key-file="$PKI/sa.key" --root-ca-file="$PKI/ca.crt" \
    --use-service-account-credentials=true --leader-elect=false --enable-hostpath-provisioner
  start scheduler kube-scheduler --kubeconfig="$KUBECONFIG" --leader-elect=false
}

node() {
  start kubelet kubelet --config="$STATE/kubelet.yaml" --kubeconfig="$STATE/kubelet.kubeconfig" --hostname-override=$NODE --node-ip="$IP" --root-dir="$STATE/kubelet"
  start proxy kube-proxy --kubeconfig="$KUBECONFIG" --hostname-override=$NODE --cluster-cidr=$PODS --conntrack-max-per-core=0
  start coredns coredns -conf "$STATE/Corefile"
  kubectl apply -f "$STATE/dns.yaml" -f "$HERE/storage-class.yaml" >/dev/null
  until_ok 60 curl -sf http://127.0.0.1:10248/healthz # the API server may still report the previous kubelet
  until_ok 90 kubectl wait --for=condition=Ready "node/$NODE" --timeout=1s
}

up() {
  [ "$(id -u)" = 0 ] || fail "the node needs root, for containers and their network; run: sudo MILVUS_LAB=$CACHE lab/lab node up"
  [ -n "$IP" ] || fail "this machine has no network address"
  local program
  for program in etcd kube-apiserver kubelet coredns kubectl; do [ -x "$BIN/$program" ] || fail "$program is missing; run: lab/lab tools node"; done
  for program in containerd dockerd runc iptables conntrack; do has "$program" || fail "$program is missing; run: lab/lab tools node"; done
  lock node; mkdir -p "$STATE"
  if [ "$(cat "$PKI/address" 2>/dev/null)" != "$IP" ]; then stop "${PROGRAMS[@]}"; certificates; fi
  volumes; runtime; configs; network; control_plane; node
  env_
}

down() {
  lock node
  stop "${PROGRAMS[@]}"
  alive containerd || return 0 # a containerd of the system may run other containers
  # Containers outlive their kubelet. Stopped ones are kept, so that the next start removes them together with their addresses.
  ctr -n k8s.io tasks ls -q | while read -r task; do ctr -n k8s.io tasks kill -s SIGKILL "$task" 2>/dev/null || true; done
  stop dockerd containerd
}

reset() {
  forget_volumes
  down
  findmnt -rno TARGET | grep "^$STATE/kubelet/" | sort -r | xargs -r umount
  rm -rf "$STATE"
}

env_() { echo "export KUBECONFIG=$KUBECONFIG PATH=$TOOLS_PATH:\$PATH"; }

case ${1:-} in
  up) up ;;
  down) down ;;
  reset) reset ;;
  env) env_ ;;
  *) fail "usage: node.sh up | down | reset | env" ;;
esac
