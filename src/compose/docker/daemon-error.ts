// Explains why the Docker daemon does not respond, and what to do.
import { UpgradeError } from '../../core/model/error.js';
import type { Finished } from '../../runner/process.js';

/** A daemon behind ssh takes a few seconds. */
export const ANSWER_SECONDS = 30;

export function unreachable(
  { stderr, ending, exitCode }: Finished,
  env: Readonly<Record<string, string>>,
): UpgradeError {
  const silence =
    ending === 'timed-out'
      ? `no response within ${ANSWER_SECONDS} s`
      : `docker version exited with ${exitCode} and no error message`;
  const why = lineOf(stderr) || silence;
  const isSsh = env.DOCKER_HOST?.startsWith('ssh:') === true || /\bssh\b/.test(why);
  const remedy = isSsh ? SSH_REMEDY : (REMEDIES.find(([command]) => command.test(why))?.[1] ?? OTHER_REMEDY);
  return new UpgradeError({ code: 'cluster-unreachable', what: 'The Docker daemon does not respond', why, remedy });
}

const SSH_REMEDY =
  'Check that `ssh <host> docker version` works for the user of the runner without a prompt: its SSH key, a known host key, and docker on the remote machine.';
const OTHER_REMEDY = 'Check that `docker version` works for the user of the runner, in the same environment.';

const REMEDIES: readonly (readonly [RegExp, string])[] = [
  [
    /permission denied/i,
    'Add the user of the runner to the group docker (`sudo usermod -aG docker <user>`) and start the runner again.',
  ],
  [
    /context (?:"[^"]*" is )?not found/i,
    'Set docker-context to a context that `docker context ls` lists for the user of the runner.',
  ],
  [
    /x509|tls|certificate/i,
    'Check the certificates of the daemon and of this client (DOCKER_CERT_PATH, DOCKER_TLS_VERIFY).',
  ],
  [
    /cannot connect|connection refused|no such host|dial /i,
    'Check that Docker is running on that machine (`systemctl status docker`), and that docker-host or docker-context selects the right machine.',
  ],
];

export function lineOf(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
