# shellcheck shell=bash
# Sourced by node.sh: the certificates and configuration files of the one-node cluster. All of them are in $STATE, none in /etc.

certificate() { # name subject alternative-names
  openssl req -newkey rsa:2048 -nodes -keyout "$1.key" -out "$1.csr" -subj "$2" 2>/dev/null
  openssl x509 -req -in "$1.csr" -CA ca.crt -CAkey ca.key -CAcreateserial -days 3650 -out "$1.crt" -extfile <(echo "subjectAltName=$3") 2>/dev/null
}

write_kubeconfig() {
  (umask 077; cat >"$STATE/$1.kubeconfig" <<K
apiVersion: v1
kind: Config
clusters: [{name: lab, cluster: {server: "https://$IP:6443", certificate-authority: $PKI/ca.crt}}]
users: [{name: $1, user: {client-certificate: $PKI/$1.crt, client-key: $PKI/$1.key}}]
contexts: [{name: lab, context: {cluster: lab, user: $1}}]
current-context: lab
K
  )
}

certificates() { # recreated when the address of the machine has changed; the CA and the token key are kept, so that the data of the cluster stays valid
  mkdir -p "$PKI"; cd "$PKI" || return
  if [ ! -f sa.pub ]; then
    openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -keyout ca.key -out ca.crt -subj /CN=lab 2>/dev/null
    openssl genrsa -out sa.key 2048 2>/dev/null
    openssl rsa -in sa.key -pubout -out sa.pub 2>/dev/null
  fi
  certificate apiserver /CN=kube-apiserver "DNS:localhost,DNS:kubernetes.default.svc,DNS:kubernetes.default,IP:127.0.0.1,IP:10.96.0.1,IP:$IP"
  certificate admin /O=system:masters/CN=admin DNS:admin
  certificate kubelet "/O=system:nodes/CN=system:node:$NODE" "DNS:$NODE,IP:$IP,IP:127.0.0.1"
  write_kubeconfig admin; write_kubeconfig kubelet
  echo "$IP" >address
}

containerd_config() {
  # restrict_oom_score_adj: containers also start on a machine without CAP_SYS_RESOURCE
  cat >"$STATE/containerd.toml" <<K
version = 2
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "$PAUSE"
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "$CNI_PLUGINS"
    conf_dir = "$CNI_CONFIG"
K
}

configs() {
  mkdir -p "$CNI_CONFIG"
  # A pod must reach its own port through its Service (hairpin); without it a component cannot call its own Service.
  cat >"$CNI_CONFIG/10-milvus-lab.conflist" <<K
{"cniVersion": "0.4.0", "name": "lab", "plugins": [
  {"type": "bridge", "bridge": "cni0", "isGateway": true, "ipMasq": true, "hairpinMode": true,
   "ipam": {"type": "host-local", "ranges": [[{"subnet": "$PODS"}]], "routes": [{"dst": "0.0.0.0/0"}]}},
  {"type": "portmap", "capabilities": {"portMappings": true}}]}
K
  echo "nameserver 127.0.0.1" >"$STATE/resolv.conf"
  cat >"$STATE/kubelet.yaml" <<K
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
cgroupDriver: cgroupfs
enforceNodeAllocatable: []
failSwapOn: false
containerRuntimeEndpoint: unix:///run/containerd/containerd.sock
clusterDNS: [$DNS]
clusterDomain: cluster.local
authentication: {anonymous: {enabled: false}, x509: {clientCAFile: $PKI/ca.crt}}
tlsCertFile: $PKI/kubelet.crt
tlsPrivateKeyFile: $PKI/kubelet.key
imageGCHighThresholdPercent: 100
imageGCLowThresholdPercent: 99
evictionHard: {memory.available: 100Mi}
maxPods: 200
serializeImagePulls: false
resolvConf: $STATE/resolv.conf
K
  cat >"$STATE/Corefile" <<K
.:53 {
  bind $GATEWAY
  errors
  kubernetes cluster.local in-addr.arpa {
    kubeconfig $KUBECONFIG lab
    pods insecure
  }
  cache 5
}
K
  cat >"$STATE/dns.yaml" <<K
apiVersion: v1
kind: Service
metadata: {name: kube-dns, namespace: kube-system}
spec: {clusterIP: $DNS, ports: [{name: dns, port: 53, protocol: UDP}, {name: dns-tcp, port: 53, protocol: TCP}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: kube-dns-1, namespace: kube-system, labels: {kubernetes.io/service-name: kube-dns}}
addressType: IPv4
ports: [{name: dns, port: 53, protocol: UDP}, {name: dns-tcp, port: 53, protocol: TCP}]
endpoints: [{addresses: ["$GATEWAY"]}]
K
}
