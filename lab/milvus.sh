#!/bin/bash
# Installs the lab's Milvus chart on a cluster of the lab and waits until every pod is ready.
# usage: milvus.sh simulated|node|player VERSION [helm flags] | down simulated|node | host | chart VERSION
# `player` installs stand-ins on the node, see node/player.yaml; simulated and node are the clusters.
# VERSION is a Milvus version (2.2.12) or `chart/4.0.29`. LAB_NAMESPACE (milvus) and LAB_RELEASE (my) set namespace and release.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
NAMESPACE=${LAB_NAMESPACE:-milvus}; RELEASE=${LAB_RELEASE:-my}
export HELM_CACHE_HOME=$CACHE/helm/cache HELM_CONFIG_HOME=$CACHE/helm/config HELM_DATA_HOME=$CACHE/helm/data

# The newest chart of the lab with the same minor version of Milvus and no newer patch: a release without a chart of its own uses the previous chart.
chart() {
  local wanted=$1
  case $wanted in
    chart/*) echo "${wanted#chart/}" ;;
    *) awk -v wanted="$wanted" '
         function patch(version) { split(version, part, "."); return part[3] + 0 }
         function line(version) { split(version, part, "."); return part[1] "." part[2] }
         $2 == "chart:" { chart = $3 }
         $1 == "app:" && line($2) == line(wanted) && patch($2) <= patch(wanted) { best = chart }
         END { if (best) print best; else exit 1 }' "$HERE/chart/versions.yaml" || fail "the lab has no chart for Milvus $wanted; see lab/chart/versions.yaml" ;;
  esac
}

cluster() { # selects a cluster of the lab for kubectl and helm, never the user's own
  case $1 in
    simulated) KUBECONFIG=$CACHE/simulated${LAB_NAME:+-$LAB_NAME}/kubeconfig ;;
    node | player) KUBECONFIG=$CACHE/node/admin.kubeconfig ;;
    *) fail "the cluster is \"$1\"; it must be simulated or node" ;;
  esac
  export KUBECONFIG
  # A busy API server may answer slowly.
  until_ok 10 kubectl --request-timeout=6s get --raw /readyz || fail "the $1 cluster is not running; run: lab/lab $1 up"
}

install() {
  local tier=$1 version=$2 number archive image=() values=$HERE/$1/values.yaml; shift 2
  [ "$tier" != player ] || values=$HERE/node/player.yaml
  cluster "$tier"
  number=$(chart "$version")
  archive=$("$HERE/charts.sh" build)/milvus-$number.tgz
  [ -f "$archive" ] || fail "the lab has no chart $number"
  case $version in chart/*) ;; *) image=(--set "image.all.tag=v$version") ;; esac
  if [ "$(kubectl get namespace "$NAMESPACE" -o jsonpath='{.status.phase}' 2>/dev/null)" = Terminating ]; then
    kubectl wait --for=delete "namespace/$NAMESPACE" --timeout=120s >/dev/null
  fi
  kubectl get namespace "$NAMESPACE" >/dev/null 2>&1 || kubectl create namespace "$NAMESPACE" >/dev/null
  if [ "$tier" = node ]; then
    kubectl -n "$NAMESPACE" apply -f "$HERE/node/services.yaml" >/dev/null
    kubectl -n "$NAMESPACE" wait --for=condition=Available deployment/meta-etcd deployment/bus --timeout=120s >/dev/null
  fi
  helm -n "$NAMESPACE" upgrade --install "$RELEASE" "$archive" -f "$values" "${image[@]}" "$@" >/dev/null
  kubectl -n "$NAMESPACE" rollout status deployment --selector "app.kubernetes.io/instance=$RELEASE" --timeout=300s >/dev/null
  helm -n "$NAMESPACE" list --filter "^$RELEASE\$"
}

down() { # the deletion of a namespace takes ten seconds; the next installation waits for it
  cluster "$1"
  kubectl -n "$NAMESPACE" delete deployments,statefulsets,jobs --all --wait=false >/dev/null
  # The namespace controller waits for the grace period of every remaining pod, so the pods are deleted without it.
  if [ "$1" = node ]; then kubectl -n "$NAMESPACE" delete pods --all --grace-period=1 --wait=false >/dev/null
  else kubectl -n "$NAMESPACE" delete pods --all --force --grace-period=0 >/dev/null 2>&1 || true; fi
  kubectl delete namespace "$NAMESPACE" --ignore-not-found --wait="$(test "$1" = node && echo true || echo false)" >/dev/null
}

host() { # on the node lab the host can reach cluster IPs, because kube-proxy configures it as well
  cluster node
  kubectl -n "$NAMESPACE" get service "$(kubectl -n "$NAMESPACE" get service -l "app.kubernetes.io/instance=$RELEASE,component in (proxy, standalone)" \
    -o jsonpath='{.items[0].metadata.name}')" -o jsonpath='{.spec.clusterIP}{"\n"}'
}

case ${1:-} in
  simulated | node | player) [ $# -ge 2 ] || fail "which version? for example: milvus.sh $1 2.2.12"; install "$@" ;;
  down) down "${2:-simulated}" ;;
  host) host ;;
  chart) chart "$2" ;;
  *) fail "usage: milvus.sh simulated|node VERSION [helm flags] | down simulated|node | host | chart VERSION" ;;
esac
