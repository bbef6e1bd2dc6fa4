// Whether the new version has started to serve during a migration. Pure.
import type { Component } from '../model/component.js';
import type { Journal } from './journal.js';

/** Whether clients can write to the new version now: one of its proxies is ready. */
export function servesNew(components: readonly Component[], { image }: Pick<Journal, 'image'>): boolean {
  return components.some(
    (component) =>
      ['proxy', 'standalone'].includes(component.role) &&
      component.ready > 0 &&
      component.podImages.some((other) => other !== image),
  );
}
