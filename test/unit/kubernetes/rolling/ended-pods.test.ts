import { describe, expect, it } from '@jest/globals';
import type { Component, MilvusPod } from '../../../../src/core/model/component.js';
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
const withPods = (...pods: MilvusPod[]): readonly Component[] => [component('proxy', { pods })];

describe('the addresses of ended pods', () => {
  it('are those of pods that are gone, or whose containers have terminated', () => {
    const ended = new EndedPods();
    expect(ended.see(withPods(pod('10.0.0.1'), pod('10.0.0.2'), pod('10.0.0.3')))).toEqual([]);
    const left = withPods(pod('10.0.0.2', { terminating: true, ended: true }), pod('10.0.0.3', { terminating: true }));
    expect(ended.see(left)).toEqual(['10.0.0.1', '10.0.0.2']);
  });

  it('do not contain an address that another pod has', () => {
    const ended = new EndedPods();
    ended.see(withPods(pod('10.0.0.1')));
    expect(ended.see(withPods(pod('10.0.0.1', { terminating: true, ended: true }), pod('10.0.0.1')))).toEqual([]);
  });

  it('do not contain a pod that had already ended when it was first observed, or that has no address yet', () => {
    const ended = new EndedPods();
    ended.see(withPods(pod('10.0.0.1', { terminating: true, ended: true }), pod('')));
    expect(ended.see([])).toEqual([]);
  });

  it('are reported once, and again if a new pod at the same address ends', () => {
    const ended = new EndedPods();
    ended.see(withPods(pod('10.0.0.1')));
    expect(ended.see([])).toEqual(['10.0.0.1']);
    ended.handled(['10.0.0.1']);
    expect(ended.see([])).toEqual([]);
    ended.see(withPods(pod('10.0.0.1')));
    expect(ended.see([])).toEqual(['10.0.0.1']);
  });
});
