// When the checks before an upgrade are repeated.
import { describe, expect, it } from '@jest/globals';
import { isOutdated } from '../../../../src/kubernetes/preflight/preflight.js';
import { helmUpgrade, waitReady } from '../../../support/events.js';
import { object } from '../../../support/objects.js';

const revision = (version: number): { metadata: { labels: Record<string, string> } } => ({
  metadata: { labels: { version: String(version) } },
});
const requested = { rendered: [object('Service', 'my-milvus')], nodes: null, revision: 6 };

describe('the checks of a plan, once the lock is held,', () => {
  it.each([
    ['remain valid if no revision was created since', requested, [5, 6], false],
    ['are repeated if a pending revision prevented Helm from rendering', { ...requested, rendered: null }, [6], true],
    ['are repeated if another client has created a revision', requested, [6, 7], true],
    ['are performed if they never were', null, [6], true],
  ])('%s', (_, before, revisions, expected) => {
    expect(isOutdated(before, { steps: [helmUpgrade, waitReady] }, revisions.map(revision))).toBe(expected);
  });

  it('remain valid for a plan without a helm upgrade', () => {
    expect(isOutdated({ ...requested, rendered: null }, { steps: [waitReady] }, [revision(7)])).toBe(false);
  });
});
