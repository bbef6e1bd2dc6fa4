// Invalid inputs and logins with the expected message of each: the rows of simulated-bad-inputs.test.ts and of
// docs/verification/bad-inputs.md.
import type { WrongServers } from './wrong-servers.js';
import type { InputName } from '../../src/core/config/raw-inputs.js';

export interface Fixtures {
  /** A directory with the files that rows name. */
  readonly directory: string;
  /** The simulated API server. */
  readonly server: string;
  readonly authority: string;
  /** A valid kubeconfig. */
  readonly kubeconfig: string;
  /** A valid token of a service account without permissions. */
  readonly powerless: string;
  readonly wrong: WrongServers;
}

export interface BadRow {
  readonly title: string;
  readonly inputs: Partial<Record<InputName, string>> | ((fixtures: Fixtures) => Partial<Record<InputName, string>>);
  readonly env?: (fixtures: Fixtures) => NodeJS.ProcessEnv;
  readonly says: RegExp;
}

/** The secrets of the rows; none of them may appear in any output, in any form. */
export const TOKEN = 'planted-token-0123456789abcdef';
export const PASSWORD = 'planted/password+with=signs';
export const KEY = `-----BEGIN RSA PRIVATE KEY-----\n${'PlantedKeyLine0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLM+\n'.repeat(3)}-----END RSA PRIVATE KEY-----\n`;
export const SECRETS = [TOKEN, PASSWORD, 'PlantedKeyLine0123456789', 'planted-setting'];

const base64 = (text: string): string => Buffer.from(text).toString('base64');

interface Parts {
  readonly cluster?: object;
  readonly user?: object;
  readonly context?: object;
  readonly current?: string;
}

/** A kubeconfig with these secrets, with the overrides of a row. */
export function kubeconfig({
  cluster = {},
  user = { token: TOKEN },
  context = { cluster: 'c', user: 'u' },
  current = 'x',
}: Parts): string {
  const list = (name: string, key: string, body: object): object[] => [{ name, [key]: body }];
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: list('c', 'cluster', { server: 'https://127.0.0.1:1', ...cluster }),
    users: list('u', 'user', user),
    contexts: list('x', 'context', context),
    'current-context': current,
  });
}

/** The same on several lines, as users often paste it. */
export const asYaml = (text: string): string => JSON.stringify(JSON.parse(text), null, 2);

const good = ({ server, authority }: Fixtures) => ({ server, 'certificate-authority-data': base64(authority) });
const at = (port: number, fixtures: Fixtures) => ({
  server: `https://127.0.0.1:${port}`,
  'certificate-authority-data': base64(fixtures.wrong.authority),
});
const plugin = (fixtures: Fixtures, exec: object): string =>
  kubeconfig({
    cluster: good(fixtures),
    user: { exec: { apiVersion: 'client.authentication.k8s.io/v1', interactiveMode: 'Never', ...exec } },
  });

const INPUTS: readonly BadRow[] = [
  {
    title: 'an empty release name',
    inputs: { release: '' },
    says: /release is ""; write the name of the Helm release/,
  },
  {
    title: 'a release name with capital letters',
    inputs: { release: 'My_Milvus' },
    says: /release is "My_Milvus"; write at most 53 lower-case letters/,
  },
  {
    title: 'a release name that looks like a flag',
    inputs: { release: '--post-renderer' },
    says: /release is "--post-renderer"/,
  },
  { title: 'a release name that is too long', inputs: { release: 'm'.repeat(54) }, says: /at most 53/ },
  {
    title: 'a release that does not exist',
    inputs: { release: 'milvus' },
    says: /The Helm release milvus was not found in namespace/,
  },
  {
    title: 'a namespace with a space',
    inputs: { namespace: 'kube system' },
    says: /namespace is "kube system"; write at most 63/,
  },
  {
    title: 'a namespace that does not exist',
    inputs: { namespace: 'nowhere' },
    says: /The Helm release my was not found in namespace nowhere/,
  },
  {
    title: 'a token instead of a release name',
    inputs: { release: `${TOKEN}_`, token: TOKEN, server: 'https://127.0.0.1:1' },
    says: /release is "\*\*\*_"/,
  },
  {
    title: 'a target version that is not exact',
    inputs: { 'target-version': 'latest' },
    says: /target-version is "latest"; write a full Milvus version such as 2\.6\.15/,
  },
  { title: 'an incomplete target version', inputs: { 'target-version': '2.6' }, says: /target-version is "2\.6"/ },
  { title: 'an older target version', inputs: { 'target-version': '2.2.11' }, says: /downgrade/ },
  { title: 'an invalid source version', inputs: { 'source-version': 'v2' }, says: /source-version is "v2"/ },
  {
    title: 'a source version that differs from the running version',
    inputs: { 'source-version': '2.2.13' },
    says: /source-version-differs/,
  },
  {
    title: 'an unknown operation',
    inputs: { operation: 'apply' },
    says: /operation is "apply"; write one of upgrade, plan, verify/,
  },
  {
    title: 'an unknown strategy',
    inputs: { strategy: 'blue-green' },
    says: /strategy is "blue-green"; write one of auto, helm-upgrade, rolling/,
  },
  {
    title: 'an image without a tag',
    inputs: { image: 'milvusdb/milvus' },
    says: /image is "milvusdb\/milvus"; write repository and tag/,
  },
  {
    title: 'an image reference with a digest',
    inputs: { image: `milvusdb/milvus@sha256:${'0'.repeat(64)}` },
    says: /write repository and tag/,
  },
  { title: 'an image of another version', inputs: { image: 'milvusdb/milvus:v2.2.14' }, says: /image-version-differs/ },
  {
    title: 'a chart without a repository',
    inputs: { chart: 'milvus' },
    says: /chart is "milvus"; write milvus\/milvus, a directory/,
  },
  {
    title: 'a chart directory that does not exist',
    inputs: { chart: './no/such/chart' },
    says: /helm show chart exited with 1: .*no\/such\/chart/,
  },
  {
    title: 'a chart repository without https://',
    inputs: { 'chart-repository': 'zilliztech.github.io' },
    says: /chart-repository is "zilliztech\.github\.io"; write a URL/,
  },
  {
    title: 'a chart repository where no server listens',
    inputs: ({ wrong }) => ({ 'chart-repository': `http://127.0.0.1:${wrong.closed}` }),
    says: /helm repo add exited with 1: .*connection refused/,
  },
  {
    title: 'a chart repository with a password, where no server listens',
    inputs: ({ wrong }) => ({
      'chart-repository': `http://me:${encodeURIComponent(PASSWORD)}@127.0.0.1:${wrong.closed}`,
    }),
    says: /helm repo add exited with 1: .*connection refused/,
  },
  {
    title: 'a chart repository that is a web page',
    inputs: ({ wrong }) => ({ 'chart-repository': `http://127.0.0.1:${wrong.plain}` }),
    says: /helm repo add exited with 1/,
  },
  {
    title: 'an invalid chart version',
    inputs: { 'chart-version': 'newest' },
    says: /chart-version is "newest"; write auto, keep/,
  },
  {
    title: 'a chart version that the repository does not have',
    inputs: { 'chart-version': '4.9.99' },
    says: /chart-not-found/,
  },
  {
    title: 'a timeout of zero',
    inputs: { timeout: '0' },
    says: /timeout is "0"; write seconds, or a time such as 15m or 2h/,
  },
  { title: 'a timeout that is not a duration', inputs: { timeout: 'forever' }, says: /timeout is "forever"/ },
  { title: 'a negative step timeout', inputs: { 'step-timeout': '-1' }, says: /step-timeout is "-1"/ },
  { title: 'a step timeout of a year', inputs: { 'step-timeout': '9000h' }, says: /up to a week/ },
  {
    title: 'an unknown value of on-failure',
    inputs: { 'on-failure': 'retry' },
    says: /on-failure is "retry"; write one of stop, rollback/,
  },
  {
    title: 'values that are not valid YAML',
    inputs: { values: `minio: {secretKey: "${PASSWORD}` },
    says: /values is not YAML: Missing closing/,
  },
  {
    title: 'values that are a list',
    inputs: { values: `- ${PASSWORD}` },
    says: /values is YAML but not a mapping of values/,
  },
  {
    title: 'values with a password that begins with an asterisk',
    inputs: { values: `password: *${TOKEN}` },
    says: /values is not YAML: Unresolved alias/,
  },
  {
    title: 'values with an unknown YAML tag',
    inputs: { values: `password: !secret ${PASSWORD}\nx: [` },
    says: /values is not YAML/,
  },
  {
    title: 'a values file that does not exist',
    inputs: { 'values-files': 'missing.yaml' },
    says: /values-files names "missing\.yaml", which cannot be read/,
  },
  {
    title: 'YAML values instead of the path of a values file',
    inputs: { 'values-files': `minio:\n  secretKey: ${PASSWORD}` },
    says: /in line 1 a text that looks like values, not like a path/,
  },
  {
    title: 'a values file that is not valid YAML',
    inputs: ({ directory }) => ({ 'values-files': `${directory}/broken.yaml` }),
    says: /values-files: .*broken\.yaml is not YAML/,
  },
  {
    title: 'set without a value',
    inputs: { set: `proxy.replicas\n${PASSWORD.replaceAll('=', '')}` },
    says: /set: line 1 has no "="/,
  },
  {
    title: 'set with two values on one line',
    inputs: { set: `minio.secretKey=${TOKEN},b=2` },
    says: /set: "minio\.secretKey" has several values in one line/,
  },
  { title: 'set with a list', inputs: { set: `a={${TOKEN},2}` }, says: /set: "a" has a \{list\}/ },
  {
    title: 'set with an invalid path',
    inputs: { set: `a..b=${TOKEN}` },
    says: /set: "a\.\.b" has a path that cannot be read/,
  },
  {
    title: 'several invalid inputs at the same time',
    inputs: {
      release: '',
      'target-version': 'x',
      timeout: 'x',
      values: '[',
      server: 'x',
      'insecure-skip-tls-verify': 'yes',
    },
    says: /7 inputs cannot be used/,
  },
];

const LOGINS: readonly BadRow[] = [
  {
    title: 'kubeconfig and server',
    inputs: { kubeconfig: kubeconfig({}), server: 'https://127.0.0.1:1', token: TOKEN },
    says: /kubeconfig and server are both given/,
  },
  {
    title: 'kubeconfig and token',
    inputs: { kubeconfig: kubeconfig({}), token: TOKEN },
    says: /token is given together with kubeconfig/,
  },
  { title: 'token without server', inputs: { token: TOKEN }, says: /token is given without server/ },
  { title: 'server without token', inputs: { server: 'https://10.0.0.1:6443' }, says: /server is given without token/ },
  {
    title: 'context together with server',
    inputs: { server: 'https://127.0.0.1:1', token: TOKEN, context: 'prod' },
    says: /context is given with server/,
  },
  {
    title: 'ca-certificate without server',
    inputs: ({ authority }) => ({ 'ca-certificate': authority }),
    says: /ca-certificate is given without server/,
  },
  {
    title: 'ca-certificate together with insecure-skip-tls-verify',
    inputs: ({ authority }) => ({
      server: 'https://127.0.0.1:1',
      token: TOKEN,
      'ca-certificate': authority,
      'insecure-skip-tls-verify': 'true',
    }),
    says: /ca-certificate and insecure-skip-tls-verify: true contradict each other/,
  },
  {
    title: 'a private key instead of a CA certificate',
    inputs: { server: 'https://127.0.0.1:1', token: TOKEN, 'ca-certificate': KEY },
    says: /ca-certificate contains a private key/,
  },
  {
    title: 'a truncated CA certificate',
    inputs: ({ authority }) => ({
      server: 'https://127.0.0.1:1',
      token: TOKEN,
      'ca-certificate': authority.slice(0, 300),
    }),
    says: /ca-certificate is truncated/,
  },
  {
    title: 'a CA certificate with missing lines',
    inputs: ({ authority }) => ({
      server: 'https://127.0.0.1:1',
      token: TOKEN,
      'ca-certificate': authority.replace(/\n.*\n.*\n/, '\n'),
    }),
    says: /ca-certificate looks like a certificate but cannot be parsed/,
  },
  {
    title: 'a path instead of a CA certificate',
    inputs: { server: 'https://127.0.0.1:1', token: TOKEN, 'ca-certificate': './ca.crt' },
    says: /one line of 8 characters without a certificate/,
  },
  {
    title: 'a server without https://',
    inputs: { server: '10.0.0.1:6443', token: TOKEN },
    says: /server is "10\.0\.0\.1:6443"; write a URL with https:/,
  },
  {
    title: 'a server with http://',
    inputs: { server: 'http://127.0.0.1:8001', token: TOKEN },
    says: /http:\/\/ would send the token unencrypted/,
  },
  {
    title: 'a server with a password',
    inputs: { server: `https://admin:${encodeURIComponent(PASSWORD)}@10.0.0.1`, token: TOKEN },
    says: /a password before an "@"/,
  },
  {
    title: 'a token with "Bearer"',
    inputs: { server: 'https://127.0.0.1:1', token: `Bearer ${TOKEN}` },
    says: /token begins with "Bearer "/,
  },
  {
    title: 'a token with a line break',
    inputs: { server: 'https://127.0.0.1:1', token: `${TOKEN}\n${TOKEN}` },
    says: /token contains spaces or line breaks/,
  },
  {
    title: 'a base64-encoded token',
    inputs: { server: 'https://127.0.0.1:1', token: base64(`eyJhbGciOi${TOKEN}`) },
    says: /token is base64 of a token/,
  },
  {
    title: 'a private key instead of a token',
    inputs: { server: 'https://127.0.0.1:1', token: KEY },
    says: /token contains spaces or line breaks/,
  },
  {
    title: 'an invalid boolean for insecure-skip-tls-verify',
    inputs: { 'insecure-skip-tls-verify': 'yes' },
    says: /insecure-skip-tls-verify is "yes"; write true or false/,
  },
  {
    title: 'a kubeconfig file that does not exist',
    inputs: { kubeconfig: './no/kubeconfig' },
    says: /kubeconfig is "\.\/no\/kubeconfig", which is not a readable file/,
  },
  { title: 'a kubeconfig path with ~', inputs: { kubeconfig: '~/.kube/config' }, says: /"~" is not expanded/ },
  {
    title: 'two kubeconfig paths',
    inputs: ({ directory }) => ({ kubeconfig: `${directory}/secret.yaml:${directory}/list.yaml` }),
    says: /which is several paths/,
  },
  {
    title: 'a token instead of a kubeconfig',
    inputs: { kubeconfig: TOKEN },
    says: /kubeconfig is one line of 30 characters, but not a kubeconfig/,
  },
  {
    title: 'a truncated base64-encoded kubeconfig',
    inputs: { kubeconfig: `${base64(kubeconfig({})).slice(0, 61)}\n!` },
    says: /kubeconfig/,
  },
  {
    title: 'base64 that does not encode a kubeconfig',
    inputs: { kubeconfig: base64(`password: ${PASSWORD}`) },
    says: /decoded from base64, has no clusters/,
  },
  {
    title: 'a kubeconfig with invalid YAML',
    inputs: { kubeconfig: `apiVersion: v1\nusers: [{token: "${TOKEN}` },
    says: /kubeconfig is not YAML, see its line 2/,
  },
  {
    title: 'a kubeconfig that is a list',
    inputs: { kubeconfig: `- token: ${TOKEN}\n- b` },
    says: /kubeconfig is a list, not a kubeconfig/,
  },
  {
    title: 'a kubeconfig that is a plain string',
    inputs: { kubeconfig: `just a word\nand ${TOKEN}` },
    says: /kubeconfig is a single string, not a kubeconfig/,
  },
  {
    title: 'two kubeconfigs in one input',
    inputs: { kubeconfig: `${kubeconfig({})}\n---\n${kubeconfig({})}` },
    says: /contains 2 YAML documents/,
  },
  {
    title: 'a Secret manifest instead of a kubeconfig',
    inputs: { kubeconfig: `kind: Secret\ndata:\n  token: ${base64(TOKEN)}` },
    says: /is a Kubernetes object of kind Secret/,
  },
  {
    title: 'the path of a Secret manifest',
    inputs: ({ directory }) => ({ kubeconfig: `${directory}/secret.yaml` }),
    says: /secret\.yaml", which is a Kubernetes object of kind Secret/,
  },
  {
    title: 'a kubeconfig without clusters',
    inputs: { kubeconfig: `kind: Config\nclusters: []\nusers: [{name: u, user: {token: ${TOKEN}}}]` },
    says: /kubeconfig has no clusters/,
  },
  {
    title: 'a context that does not exist',
    inputs: { kubeconfig: kubeconfig({}), context: 'prod' },
    says: /has no context "prod"; it has "x"/,
  },
  {
    title: 'a kubeconfig without a current context',
    inputs: { kubeconfig: kubeconfig({ current: '' }) },
    says: /has no current-context; set the input context/,
  },
  {
    title: 'a context whose cluster is missing',
    inputs: { kubeconfig: kubeconfig({ context: { cluster: 'gone', user: 'u' } }) },
    says: /with the cluster "gone", which it does not have/,
  },
  {
    title: 'a context whose user is missing',
    inputs: { kubeconfig: kubeconfig({ context: { cluster: 'c', user: 'gone' } }) },
    says: /with the user "gone", which it does not have/,
  },
  {
    title: 'a cluster without a server',
    inputs: { kubeconfig: kubeconfig({ cluster: { server: '' } }) },
    says: /has a cluster "c" without a server/,
  },
  {
    title: 'a kubeconfig that disables TLS verification',
    inputs: { kubeconfig: kubeconfig({ cluster: { 'insecure-skip-tls-verify': true } }) },
    says: /has insecure-skip-tls-verify: true for its cluster "c"/,
  },
  {
    title: 'a KUBECONFIG file that disables TLS verification',
    inputs: {},
    env: ({ directory }) => ({ KUBECONFIG: `${directory}/insecure.yaml` }),
    says: /of the environment has insecure-skip-tls-verify: true/,
  },
  {
    title: 'an inline kubeconfig with relative paths',
    inputs: { kubeconfig: asYaml(kubeconfig({ user: { 'client-key': 'client.key' } })) },
    says: /has a client-key with a relative path/,
  },
  {
    title: 'a removed auth-provider',
    inputs: {
      kubeconfig: kubeconfig({ user: { 'auth-provider': { name: 'gcp', config: { 'access-token': TOKEN } } } }),
    },
    says: /use the exec plugin gke-gcloud-auth-plugin/,
  },
  {
    title: 'KUBECONFIG with a path that does not exist',
    inputs: {},
    env: () => ({ KUBECONFIG: '/no/such/kubeconfig' }),
    says: /KUBECONFIG names \/no\/such\/kubeconfig, and no such file exists/,
  },
  {
    title: 'no kubeconfig',
    inputs: {},
    env: ({ directory }) => ({ KUBECONFIG: '', HOME: directory }),
    says: /none was found: no input kubeconfig, no environment variable KUBECONFIG/,
  },
];

const CONNECTIONS: readonly BadRow[] = [
  {
    title: 'a token that the server does not accept',
    inputs: (fixtures) => ({ server: fixtures.server, token: TOKEN, 'ca-certificate': fixtures.authority }),
    says: /does not accept these credentials \(401\)/,
  },
  {
    title: 'such a token in a kubeconfig, base64-encoded with line breaks',
    inputs: (fixtures) => ({
      kubeconfig: base64(asYaml(kubeconfig({ cluster: good(fixtures) }))).replace(/.{76}/g, '$&\n'),
    }),
    says: /does not accept these credentials \(401\)/,
  },
  {
    title: 'a token without any permission',
    inputs: (fixtures) => ({
      server: fixtures.server,
      token: fixtures.powerless,
      'ca-certificate': base64(fixtures.authority.replaceAll('\n', '\r\n')),
    }),
    says: /Cannot list (deployments|pods|secrets): .*powerless.* cannot list resource/,
  },
  {
    title: 'no credentials',
    inputs: (fixtures) => ({ kubeconfig: kubeconfig({ cluster: good(fixtures), user: {} }) }),
    says: /contains no credentials that the server accepts/,
  },
  {
    title: 'a missing CA certificate',
    inputs: ({ server }) => ({ server, token: TOKEN }),
    says: /signed by an unknown authority .*it presents a certificate for .*ca-certificate together with server and token/,
  },
  {
    title: 'the CA certificate of another authority',
    inputs: ({ server, wrong }) => ({ server, token: TOKEN, 'ca-certificate': wrong.authority }),
    says: /signed by an unknown authority/,
  },
  {
    title: 'a certificate for another host',
    inputs: (fixtures) => ({ kubeconfig: kubeconfig({ cluster: at(fixtures.wrong.otherName, fixtures) }) }),
    says: /is not valid for this host name .*DNS:other\.example\.com/,
  },
  {
    title: 'an expired certificate',
    inputs: (fixtures) => ({ kubeconfig: kubeconfig({ cluster: at(fixtures.wrong.expired, fixtures) }) }),
    says: /its certificate has expired .*valid until/,
  },
  {
    title: 'a server where no server listens',
    inputs: (fixtures) => ({ kubeconfig: kubeconfig({ cluster: at(fixtures.wrong.closed, fixtures) }) }),
    says: /the connection was refused \(ECONNREFUSED\)/,
  },
  {
    title: 'a server name that cannot be resolved',
    inputs: { server: 'https://kubernetes.invalid', token: TOKEN },
    says: /its name cannot be resolved by the DNS of this runner/,
  },
  {
    title: 'a server that does not respond',
    inputs: (fixtures) => ({ kubeconfig: kubeconfig({ cluster: at(fixtures.wrong.silent, fixtures) }) }),
    says: /it did not answer in time/,
  },
  {
    title: 'a web server instead of an API server',
    inputs: (fixtures) => ({ kubeconfig: kubeconfig({ cluster: at(fixtures.wrong.page, fixtures) }) }),
    says: /is not a Kubernetes API server: it answered 200 with a web page/,
  },
  {
    title: 'a server without /version',
    inputs: (fixtures) => ({ kubeconfig: kubeconfig({ cluster: at(fixtures.wrong.lost, fixtures) }) }),
    says: /is not a Kubernetes API server: it answered 404/,
  },
  {
    title: 'a server that is not ready',
    inputs: (fixtures) => ({ kubeconfig: kubeconfig({ cluster: at(fixtures.wrong.busy, fixtures) }) }),
    says: /is not ready: it answered 503/,
  },
  {
    title: 'https:// for a server that uses HTTP',
    inputs: ({ wrong }) => ({ server: `https://127.0.0.1:${wrong.plain}`, token: TOKEN }),
    says: /does not use HTTPS/,
  },
  {
    title: 'http:// for a server that uses HTTPS',
    inputs: ({ server }) => ({
      server: server.replace('https', 'http'),
      token: TOKEN,
      'insecure-skip-tls-verify': 'true',
    }),
    says: /the server uses HTTPS/,
  },
  {
    title: 'a proxy where no server listens',
    inputs: { kubeconfig: kubeconfig({ cluster: { server: 'https://kubernetes.example.com' } }) },
    env: ({ wrong }) => ({ HTTPS_PROXY: `http://me:${encodeURIComponent(PASSWORD)}@127.0.0.1:${wrong.closed}` }),
    says: /Cannot connect to https:\/\/kubernetes\.example\.com: the connection was refused .*through the proxy http:\/\/127\.0\.0\.1/,
  },
  {
    title: 'an invalid CA certificate in the kubeconfig',
    inputs: ({ server }) => ({
      kubeconfig: kubeconfig({ cluster: { server, 'certificate-authority-data': base64(TOKEN) } }),
    }),
    says: /unknown authority|cannot be read/,
  },
  {
    title: 'an invalid client key in the kubeconfig',
    inputs: (fixtures) => ({
      kubeconfig: kubeconfig({
        cluster: good(fixtures),
        user: { 'client-certificate-data': base64(fixtures.authority), 'client-key-data': base64(KEY) },
      }),
    }),
    says: /a certificate or key of the kubeconfig cannot be read/,
  },
  {
    title: 'a kubeconfig that refers to a missing file',
    inputs: ({ directory }) => ({ kubeconfig: `${directory}/half.yaml` }),
    says: /the file ".*missing\.crt" in the kubeconfig does not exist/,
  },
  {
    title: 'an exec plugin that is not installed',
    inputs: (fixtures) => ({
      kubeconfig: plugin(fixtures, { command: 'no-such-plugin', installHint: 'get it at example.com' }),
    }),
    says: /the program does not exist on this machine; install hint of the kubeconfig: get it at example\.com/,
  },
  {
    title: 'an exec plugin that fails',
    inputs: (fixtures) => ({
      kubeconfig: plugin(fixtures, {
        command: `${fixtures.directory}/plugin-fails`,
        env: [{ name: 'CLOUD_SECRET', value: PASSWORD }],
        args: [`--token=${TOKEN}`],
      }),
    }),
    says: /it exited with code 3: .*the cloud says no, to \*\*\* and \*\*\*/,
  },
  {
    title: 'an exec plugin that returns no credentials',
    inputs: (fixtures) => ({ kubeconfig: plugin(fixtures, { command: 'echo', args: ['{}'] }) }),
    says: /it printed no ExecCredential/,
  },
  {
    title: 'an exec plugin that returns a rejected token',
    inputs: (fixtures) => ({ kubeconfig: plugin(fixtures, { command: `${fixtures.directory}/plugin-stale` }) }),
    says: /does not accept these credentials \(401\)/,
  },
];

export const BAD_ROWS: readonly BadRow[] = [...INPUTS, ...LOGINS, ...CONNECTIONS];
