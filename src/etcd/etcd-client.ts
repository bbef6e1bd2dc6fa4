// The etcd calls of this action: authenticate, read and watch a prefix, revoke a lease, and read status and alarms.
import type { IncomingMessage } from 'node:http';
import type { EtcdHealth } from '../core/checks/etcd-health.js';
import { getRecord, getRecords, getString, isRecord } from '../core/lib/json.js';
import type { Values } from '../core/model/values.js';
import { EtcdError, toEtcdError } from './etcd-error.js';
import { sendRequest, requestAll, type GatewayOptions } from './gateway.js';
import { JsonLines } from './json-lines.js';
import type { Pair } from './sessions.js';

export interface Change {
  readonly key: string;
  /** Null if the key was deleted. */
  readonly value: string | null;
}

export interface Found {
  readonly pairs: readonly Pair[];
  /** The revision of etcd at which the pairs were read. */
  readonly revision: bigint;
}

export interface Watching {
  readonly prefix: string;
  readonly after: bigint;
  readonly onOpen: () => void;
  readonly onChange: (changes: readonly Change[]) => void;
}

/**
 * etcd sends a progress notification every 10 minutes (--experimental-watch-progress-notify-interval); without one for
 * this time the watch is considered lost.
 */
const SILENCE_MILLISECONDS = 11 * 60_000;
const OPEN_MILLISECONDS = 10_000;

export class EtcdClient {
  readonly #options: GatewayOptions;
  readonly #addSecret: (secret: string) => void;
  #token = '';
  constructor(options: GatewayOptions, addSecret: (secret: string) => void) {
    this.#options = options;
    this.#addSecret = addSecret;
  }

  async authenticate(name: string, password: string): Promise<void> {
    const { token } = await requestAll(this.#options, {
      path: '/v3/auth/authenticate',
      body: { name, password },
      token: '',
    });
    if (typeof token !== 'string') throw new EtcdError('it returned no token for user and password');
    this.#addSecret(token);
    this.#token = token;
  }

  async range(prefix: string): Promise<Found> {
    const { kvs, header } = await requestAll(this.#options, {
      path: '/v3/kv/range',
      body: rangeOf(prefix),
      token: this.#token,
    });
    return {
      pairs: getRecords(kvs).map((pair) => ({
        key: decode(pair.key),
        value: decode(pair.value),
        lease: getString(pair.lease) || '0',
      })),
      revision: revisionOf(header),
    };
  }

  /** The size of its database in bytes, and the raised alarms, `NOSPACE` or `CORRUPT` (etcd.io/docs, "Maintenance"). */
  async health(): Promise<EtcdHealth> {
    const status = await requestAll(this.#options, { path: '/v3/maintenance/status', body: {}, token: this.#token });
    const { alarms } = await requestAll(this.#options, {
      path: '/v3/maintenance/alarm',
      body: { action: 'GET' },
      token: this.#token,
    });
    return {
      bytes: Number(getString(status.dbSize) || 0),
      alarms: getRecords(alarms).map((alarm) => getString(alarm.alarm)),
    };
  }

  /** Revokes a lease, which deletes all keys attached to it. An expired lease is not an error. */
  async revoke(lease: string): Promise<void> {
    await requestAll(this.#options, { path: '/v3/lease/revoke', body: { ID: lease }, token: this.#token }).catch(
      (error: unknown) => {
        if (!/lease not found/i.test(toEtcdError(error).message)) throw error;
      },
    );
  }

  /** Ends only by throwing when the watch is lost; later changes may have been missed. */
  async watch(watching: Watching): Promise<never> {
    const body = {
      create_request: {
        ...rangeOf(watching.prefix),
        start_revision: String(watching.after + 1n),
        progress_notify: true,
      },
    };
    const response = await sendRequest(this.#options, { path: '/v3/watch', body, token: this.#token });
    const stop = (): void => void response.destroy(new EtcdError('the request was cancelled'));
    this.#options.signal.addEventListener('abort', stop, { once: true });
    try {
      return await follow(response, watching);
    } catch (error) {
      throw toEtcdError(error);
    } finally {
      this.#options.signal.removeEventListener('abort', stop);
      response.destroy();
    }
  }
}

function follow(response: IncomingMessage, { onOpen, onChange }: Watching): Promise<never> {
  const lines = new JsonLines();
  response.setEncoding('utf8');
  return new Promise((_, reject) => {
    const silent = (after: number): NodeJS.Timeout =>
      setTimeout(() => reject(new EtcdError(`it sent nothing on its watch for ${after / 1000} s`)), after);
    let timer = silent(OPEN_MILLISECONDS);
    response.on('data', (text: string) => {
      clearTimeout(timer);
      try {
        for (const line of lines.add(text)) report(resultOf(line), onOpen, onChange);
        timer = silent(SILENCE_MILLISECONDS);
      } catch (error) {
        reject(toEtcdError(error));
      }
    });
    response.once('error', reject);
    response.once('close', () => {
      clearTimeout(timer);
      reject(new EtcdError('its watch was closed'));
    });
  });
}

/** A line contains a `result`, or the `error` that ends the watch. */
function resultOf(line: unknown): Values {
  const { result, error } = getRecord(line);
  if (isRecord(error)) throw new EtcdError(`it closed its watch: ${getString(error.message)}`);
  if (!isRecord(result)) throw new EtcdError('the server at this address is not etcd: its watch has no result');
  if (result.canceled === true)
    throw new EtcdError(`it closed its watch: ${getString(result.cancel_reason) || 'the revision is compacted'}`);
  return result;
}

function report({ created, events }: Values, onOpen: () => void, onChange: Watching['onChange']): void {
  if (created === true) onOpen();
  const changes = getRecords(events).map(({ type, kv }) => {
    const pair = getRecord(kv);
    // The gateway omits zero values: the type PUT, an empty value.
    return { key: decode(pair.key), value: type === 'DELETE' ? null : decode(pair.value) };
  });
  if (changes.length > 0) onChange(changes);
}

/** The range of all keys with the prefix; it ends before the prefix with its last byte incremented. */
function rangeOf(prefix: string): { readonly key: string; readonly range_end: string } {
  const end = Buffer.from(prefix);
  end[end.length - 1] = (end.at(-1) ?? 0) + 1;
  return { key: Buffer.from(prefix).toString('base64'), range_end: end.toString('base64') };
}

function decode(value: unknown): string {
  return Buffer.from(getString(value), 'base64').toString('utf8');
}

function revisionOf(header: unknown): bigint {
  const revision = getString(getRecord(header).revision);
  if (!/^\d+$/.test(revision))
    throw new EtcdError('the server at this address is not etcd: its response has no revision');
  return BigInt(revision);
}
