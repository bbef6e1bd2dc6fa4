#!/bin/bash
# Shows an upgrade from an old Milvus as in a workflow: the log, the job summary, the outputs. The files are in .lab/demo/.
# usage: demo.sh            DEMO_TIER=node: with real Milvus and real rows, as root      DEMO_FROM=2.2.12  DEMO_TO=2.2.16
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
TIER=${DEMO_TIER:-simulated}; FROM=${DEMO_FROM:-2.2.12}; TO=${DEMO_TO:-2.2.16}
export LAB_NAMESPACE=demo LAB_RELEASE=my
ROOT=$(dirname "$HERE"); OUT=$ROOT/.lab/demo; mkdir -p "$OUT"
cd "$ROOT"
[ -f dist/index.js ] || fail "dist/ is missing; run: npm run build"
[ -d node_modules/yaml ] || fail "the npm packages are missing; run: npm ci"

say "1/4 programs and a $TIER cluster"
"$HERE/tools.sh" "$TIER" >/dev/null # prints what it builds, how long that takes and what is left
if [ "$TIER" = node ]; then "$HERE/node.sh" up >/dev/null; "$HERE/images.sh" "$FROM" "$TO" >/dev/null
else "$HERE/simulated.sh" up 3 >/dev/null; fi
eval "$("$HERE/$TIER.sh" env)"
CHARTS=$("$HERE/charts.sh" serve)

say "2/4, $SECONDS s elapsed: Milvus $FROM in the release $LAB_RELEASE of namespace $LAB_NAMESPACE"
"$HERE/milvus.sh" down "$TIER"
FLAGS=(--set proxy.replicas=2 --set queryNode.replicas=2 --set dataNode.replicas=2)
# Simulated pods start slowly, so that the rollout is visible.
[ "$TIER" = node ] || FLAGS+=(--set-string "annotations.lab\.milvus/ready-seconds=1" --set-string "annotations.lab\.milvus/terminating-seconds=1")
"$HERE/milvus.sh" "$TIER" "$FROM" "${FLAGS[@]}"
if [ "$TIER" = node ]; then
  HOST=$("$HERE/milvus.sh" host)
  "$HERE/python.sh" rows make "$HOST" | tee "$OUT/rows-before.json"
fi

say "3/4, $SECONDS s elapsed: the upgrade with the action: $FROM -> $TO"
CODE=0
node "$HERE/act.mjs" "$OUT" "release=$LAB_RELEASE" "namespace=$LAB_NAMESPACE" "target-version=$TO" "kubeconfig=$KUBECONFIG" \
  chart=milvus/milvus "chart-repository=$CHARTS" "report-path=$OUT/report.json" || CODE=$?
rm -f "$OUT/summary.html"
if [ -d node_modules/marked ]; then node "$HERE/render-summary.mjs" "$OUT/summary.md" "$OUT/summary.html"; else say "no summary.html: the npm package marked is missing"; fi

say "4/4, $SECONDS s elapsed: the result (exit code $CODE)"
kubectl -n "$LAB_NAMESPACE" get deployments -l "app.kubernetes.io/instance=$LAB_RELEASE" -o custom-columns='DEPLOYMENT:.metadata.name,READY:.status.readyReplicas,IMAGE:.spec.template.spec.containers[0].image'
if [ "$TIER" = node ]; then
  "$HERE/python.sh" rows check "$HOST" | tee "$OUT/rows-after.json"
  if cmp -s "$OUT/rows-before.json" "$OUT/rows-after.json"; then say "every row exists, and the search returns the same result"; else say "ROWS DIFFER"; CODE=1; fi
fi
# The outputs in the format of the runner, name<<end … end; long ones are truncated.
awk '/<</ && !name {split($0, part, "<<"); name = part[1]; end = part[2]; text = ""; next}
     $0 == end {print "  " name ": " substr(text, 1, 100) (length(text) > 100 ? "…" : ""); name = ""; next}
     {text = text $0}' "$OUT/outputs.txt"
ls -1 "$OUT"/log.txt "$OUT"/summary.* "$OUT"/outputs.txt "$OUT"/report.json
exit "$CODE"
