// What advisories depend on besides the versions, from a release and its observation. Pure.
import type { AdvisorySubject } from '../knowledge/advisories.js';
import type { SharedObservation } from '../model/shared-observation.js';
import { valueAt } from '../lib/json.js';
import type { Values } from '../model/values.js';
import { parseVersion, type Version } from '../model/version.js';

/** The version of a Pulsar that the chart installs is the tag of its brokers; that of an external one is unknown. */
export function advisorySubject({ messageQueue, topology }: SharedObservation, computed: Values): AdvisorySubject {
  return { messageQueue, topology, pulsar: pulsarOf(computed) };
}

/** The images of both charts (zilliztech/milvus-helm values.yaml `pulsar.images`, `pulsarv3.defaultPulsarImageTag`). */
function pulsarOf(computed: Values): Version | null {
  const paths = [
    ['pulsar', 'pulsar.images.broker.tag'],
    ['pulsarv3', 'pulsarv3.images.broker.tag'],
    ['pulsarv3', 'pulsarv3.defaultPulsarImageTag'],
  ] as const;
  const tags = paths.flatMap(([chart, path]) =>
    valueAt(computed, `${chart}.enabled`) === true ? [String(valueAt(computed, path) ?? '')] : [],
  );
  return tags.map((tag) => parseVersion(tag)).find((version) => version !== null) ?? null;
}
