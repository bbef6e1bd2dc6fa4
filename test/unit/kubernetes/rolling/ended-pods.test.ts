import { describe, expect, it } from '@jest/globals';
import type { Component, MilvusPod } from '../../../../src/core/model/component.js';
import type { Session } from '../../../../src/core/model/session.js';
import { EndedPods } from '../../../../src/kubernetes/rolling/ended-pods.js';
import { component } from '../../../support/events.js';

const pod = (address: string, more: Partial<MilvusPod> = {}): MilvusPod => ({
  name: `pod-${address}`,
  address,
  isNew: false,
  ready: true,
  readySince: '',
  terminating: false,
  ...more,
});
const ENDED = { terminating: true, ended: true };
const withPods = (...pods: MilvusPod[]): readonly Component[] => [component('proxy', { pods })];
const session = (host: string, serverId = 1): Session => ({
  key: `by-dev/meta/session/proxy-${serverId}`,
  role: 'proxy',
  serverId,
  address: `${host}:19529`,
  version: '2.3.5',
  isActive: false,
  isStandby: false,
  isStopping: false,
});

describe('the sessions of ended pods', () => {
  it('are those of pods that are gone, or whose containers have terminated', () => {
    const ended = new EndedPods();
    const sessions = [session('10.0.0.1', 1), session('10.0.0.2', 2), session('10.0.0.3', 3)];
    expect(ended.see(withPods(pod('10.0.0.1'), pod('10.0.0.2'), pod('10.0.0.3')), sessions)).toEqual([]);
    const left = withPods(pod('10.0.0.2', ENDED), pod('10.0.0.3', { terminating: true }));
    expect(ended.see(left, sessions)).toEqual(sessions.slice(0, 2));
  });

  it('do not contain a session at an address that another pod has', () => {
    const ended = new EndedPods();
    ended.see(withPods(pod('10.0.0.1')), [session('10.0.0.1')]);
    expect(ended.see(withPods(pod('10.0.0.1', ENDED), pod('10.0.0.1')), [session('10.0.0.1')])).toEqual([]);
  });

  it('do not contain a session that was registered at the address after the pod had ended', () => {
    const ended = new EndedPods();
    ended.see(withPods(pod('10.0.0.1')), [session('10.0.0.1', 1)]);
    expect(ended.see([], [session('10.0.0.1', 1), session('10.0.0.1', 2)])).toEqual([session('10.0.0.1', 1)]);
  });

  it('do not contain a session of a pod that was never observed', () => {
    const ended = new EndedPods();
    ended.see(withPods(pod('10.0.0.1', ENDED), pod('')), [session('10.0.0.1', 1), session('', 2)]);
    expect(ended.see([], [session('10.0.0.1', 1), session('', 2), session('10.0.0.9', 3)])).toEqual([]);
  });

  it('are reported until they are handled', () => {
    const ended = new EndedPods();
    ended.see(withPods(pod('10.0.0.1')), [session('10.0.0.1')]);
    expect(ended.see([], [session('10.0.0.1')])).toEqual([session('10.0.0.1')]);
    ended.handled([session('10.0.0.1')]);
    expect(ended.see([], [session('10.0.0.1')])).toEqual([]);
  });
});
