import { ApiException } from '@kubernetes/client-node';
import { describe, expect, it } from '@jest/globals';
import { CheckRequest } from '../../../../src/kubernetes/evidence/requests.js';

const says =
  (code: number): (() => Promise<string>) =>
  () =>
    Promise.reject(new ApiException(code, 'no', '', {}));

describe('requesting diagnostics', () => {
  it('returns the answers and records what was not answered', async () => {
    const asking = new CheckRequest();
    expect(await asking.request('events', () => Promise.resolve('some'))).toBe('some');
    expect(await asking.request('node n1', says(403))).toBeNull();
    expect(await asking.request('log of proxy', says(404))).toBeNull();
    expect(await asking.request('replicasets', () => Promise.reject(new Error('socket hang up')))).toBeNull();
    expect(asking.unanswered()).toEqual(['node n1: permission denied (403)', 'log of proxy: not found (404)', 'replicasets: socket hang up']);
  });

  it('sends a few requests at a time and completes all of them', async () => {
    const asking = new CheckRequest();
    let [now, most] = [0, 0];
    const request = async (): Promise<number> => {
      now += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => setTimeout(resolve, 2));
      now -= 1;
      return 1;
    };
    const answers = await Promise.all(Array.from({ length: 30 }, (_, at) => asking.request(`log ${at}`, request)));
    expect(answers).toEqual(Array.from({ length: 30 }, () => 1));
    expect(most).toBe(8);
  });

  it('does not wait for an unreachable kubelet', async () => {
    const asking = new CheckRequest(20);
    const answer = asking.request('log of proxy', () => new Promise(() => undefined));
    expect(asking.unanswered()).toEqual(['log of proxy: not answered in time']);
    expect(await answer).toBeNull();
    expect(asking.unanswered()).toEqual(['log of proxy: no answer within 0.02 s']);
  });
});
