// Kubeconfigs as data: parse, merge as kubectl and Helm do, and select a context. Pure; errors never quote the content.
import type { Document } from 'yaml';
import { getRecord, getRecords, getString, isRecord, stringAt } from '../lib/json.js';
import type { Values } from '../model/values.js';
import { plainData, readDocuments, YamlProblem } from '../lib/safe-yaml.js';
import { own } from '../lib/own.js';

/** An entry of a kubeconfig, and the base directory of its relative paths; empty if there is none. */
export interface Entry {
  readonly name: string;
  readonly body: Values;
  readonly directory: string;
}

export interface Kubeconfig {
  readonly clusters: readonly Entry[];
  readonly users: readonly Entry[];
  readonly contexts: readonly Entry[];
  readonly currentContext: string;
}

/** The cluster and the user that a context refers to. */
export interface ChosenContext {
  readonly context: string;
  readonly cluster: Entry;
  readonly user: Entry;
}

export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly why: string };

/**
 * Parses the text of a kubeconfig, YAML or JSON. `why` continues a sentence that begins with "the kubeconfig" and
 * quotes nothing of the text.
 */
export function parseKubeconfig(text: string, directory: string): Result<Kubeconfig> {
  const yaml = readYaml(text);
  if (!yaml.ok) return yaml;
  const table = yaml.value;
  if (!isRecord(table)) return no(`is ${Array.isArray(table) ? 'a list' : 'a single string'}, not a kubeconfig`);
  if (table.kind !== undefined && table.kind !== 'Config')
    return no(`is a Kubernetes object of kind ${kindOf(table.kind)}, not a kubeconfig`);
  const lists = ['clusters', 'users', 'contexts'].filter(
    (key) => table[key] !== undefined && table[key] !== null && !Array.isArray(table[key]),
  );
  if (lists.length > 0)
    return no(`has ${lists.join(' and ')} that ${lists.length > 1 ? 'are not lists' : 'is not a list'}`);
  if (!Array.isArray(table.clusters) || table.clusters.length === 0) return no('has no clusters');
  const entries = (list: 'clusters' | 'users' | 'contexts', key: string): Entry[] =>
    entriesOf(table[list], key, directory);
  return {
    ok: true,
    value: {
      clusters: entries('clusters', 'cluster'),
      users: entries('users', 'user'),
      contexts: entries('contexts', 'context'),
      currentContext: getString(table['current-context']),
    },
  };
}

/**
 * Merges kubeconfigs: the first definition of a name wins
 * (kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig).
 */
export function mergeKubeconfigs(all: readonly Kubeconfig[]): Kubeconfig {
  const firsts = (entries: readonly Entry[]): Entry[] =>
    entries.filter(({ name }, index) => entries.findIndex((entry) => entry.name === name) === index);
  return {
    clusters: firsts(all.flatMap((config) => config.clusters)),
    users: firsts(all.flatMap((config) => config.users)),
    contexts: firsts(all.flatMap((config) => config.contexts)),
    currentContext: all.map((config) => config.currentContext).find((name) => name !== '') ?? '',
  };
}

/**
 * Resolves the requested context, or the current one, to its cluster and user. `why` continues a sentence that begins
 * with "the kubeconfig".
 */
export function chooseContext(config: Kubeconfig, desired: string | null): Result<ChosenContext> {
  const name = desired ?? config.currentContext;
  const known = namesOf(config.contexts);
  if (name === '') return no(`has no current-context; set the input context to one of its contexts: ${known}`);
  const context = config.contexts.find((entry) => entry.name === name);
  if (!context)
    return no(
      `has no context "${name}"${desired === null ? ', which its current-context names' : ''}; it has ${known}`,
    );
  const [clusterName, userName] = [getString(context.body.cluster), getString(context.body.user)];
  const cluster = config.clusters.find((entry) => entry.name === clusterName);
  if (!cluster)
    return no(
      `has a context "${name}" with the cluster "${clusterName}", which it does not have; it has ${namesOf(config.clusters)}`,
    );
  const user =
    userName === '' ? { name: '', body: {}, directory: '' } : config.users.find((entry) => entry.name === userName);
  if (!user)
    return no(
      `has a context "${name}" with the user "${userName}", which it does not have; it has ${namesOf(config.users)}`,
    );
  const problem = clusterProblem(cluster) ?? userProblem(user);
  return problem === null ? { ok: true, value: { context: name, cluster, user } } : no(problem);
}

/** True if the certificate of the cluster would not be verified. */
export function skipsVerification({ cluster }: ChosenContext): boolean {
  return cluster.body['insecure-skip-tls-verify'] === true;
}

function clusterProblem({ name, body }: Entry): string | null {
  const server = getString(body.server);
  if (server === '') return `has a cluster "${name}" without a server`;
  if (!/^https?:\/\/[^\s/]+/i.test(server)) return `has a cluster "${name}" whose server is not a URL with https://`;
  const hasAuthority = body['certificate-authority'] !== undefined || body['certificate-authority-data'] !== undefined;
  if (body['insecure-skip-tls-verify'] === true && hasAuthority)
    return `has a cluster "${name}" with both a certificate-authority and insecure-skip-tls-verify`;
  return null;
}

/**
 * Helm would reject these later with an unclear message. Removed in Kubernetes 1.26
 * (kubernetes.io/blog/2022/12/09/kubernetes-v1-26-release).
 */
function userProblem({ name, body }: Entry): string | null {
  const provider = stringAt(body, 'auth-provider.name');
  const successors: Readonly<Record<string, string>> = { gcp: 'gke-gcloud-auth-plugin', azure: 'kubelogin' };
  const successor = own(successors, provider);
  if (successor)
    return `has a user "${name}" with the auth-provider ${provider}, which Helm no longer supports; use the exec plugin ${successor}`;
  if (isRecord(body.exec) && getString(body.exec.command) === '')
    return `has a user "${name}" whose exec plugin has no command`;
  return null;
}

function readYaml(text: string): Result<unknown> {
  let documents: Document[];
  try {
    documents = readDocuments(text);
  } catch (error) {
    return no(`is not YAML: ${error instanceof YamlProblem ? error.message : 'it cannot be read'}`);
  }
  const [first] = documents;
  if (documents.length > 1) return no(`contains ${documents.length} YAML documents; keep one`);
  if (!first) return no('is empty');
  const [error] = first.errors;
  // The parser's message may quote a secret: only the line is reported.
  if (error) return no(`is not YAML${error.linePos ? `, see its line ${error.linePos[0].line}` : ''}`);
  try {
    return { ok: true, value: plainData(first) };
  } catch {
    return no('is not YAML: it uses an undefined or circular alias');
  }
}

function entriesOf(list: unknown, key: string, directory: string): Entry[] {
  return getRecords(list).map((entry) => ({ name: getString(entry.name), body: getRecord(entry[key]), directory }));
}

function kindOf(kind: unknown): string {
  return typeof kind === 'string' && /^[A-Za-z]{1,40}$/.test(kind) ? kind : 'unknown';
}

function namesOf(entries: readonly Entry[]): string {
  return entries.map((entry) => `"${entry.name}"`).join(', ') || 'none';
}

function no(why: string): { readonly ok: false; readonly why: string } {
  return { ok: false, why };
}
