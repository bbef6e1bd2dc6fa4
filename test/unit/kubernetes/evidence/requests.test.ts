import { ApiException } from '@kubernetes/client-node';
import { describe, expect, it } from '@jest/globals';
import { EvidenceRequests } from '../../../../src/kubernetes/evidence/requests.js';

const says =
  (code: number): (() => Promise<string>) =>
  () =>
    Promise.reject(new ApiException(code, 'no', '', {}));

describe('requesting diagnostics', () => {
  it('returns the answers and records what was not answered', async () => {
    const requests = new EvidenceRequests();
    expect(await requests.request('events', () => Promise.resolve('some'))).toBe('some');
    expect(await requests.request('node n1', says(403))).toBeNull();
    expect(await requests.request('log of proxy', says(404))).toBeNull();
    expect(await requests.request('replicasets', () => Promise.reject(new Error('socket hang up')))).toBeNull();
    expect(requests.unanswered()).toEqual([
      'node n1: permission denied (403)',
      'log of proxy: not found (404)',
      'replicasets: socket hang up',
    ]);
  });

  it('sends a few requests at a time and completes all of them', async () => {
    const requests = new EvidenceRequests();
    let [now, most] = [0, 0];
    const request = async (): Promise<number> => {
      now += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => setTimeout(resolve, 2));
      now -= 1;
      return 1;
    };
    const answers = await Promise.all(Array.from({ length: 30 }, (_, at) => requests.request(`log ${at}`, request)));
    expect(answers).toEqual(Array.from({ length: 30 }, () => 1));
    expect(most).toBe(8);
  });

  it('does not wait for an unreachable kubelet', async () => {
    const requests = new EvidenceRequests(20);
    const answer = requests.request('log of proxy', () => new Promise(() => undefined));
    expect(requests.unanswered()).toEqual(['log of proxy: not answered in time']);
    expect(await answer).toBeNull();
    expect(requests.unanswered()).toEqual(['log of proxy: no answer within 0.02 s']);
  });
});
