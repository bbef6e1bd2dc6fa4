// Reads the output of `docker inspect` for containers, some of which may have been removed during the call.
import { readContainers, type ContainerObservation } from '../../core/compose/containers.js';
import { UpgradeError } from '../../core/model/error.js';
import { outputOf, type Finished } from '../../runner/process.js';

/** Leaves out containers that no longer exist. Throws `command-failed` for any other error of docker. */
export function readInspected(finished: Finished): readonly ContainerObservation[] {
  const others = finished.stderr
    .split('\n')
    .filter((line) => line.trim() !== '' && !/no such (container|object)/i.test(line));
  const isWhole = finished.ending === 'by-itself' && others.length === 0;
  const text = isWhole ? finished.stdout : outputOf(['docker', 'inspect'], finished);
  return readContainers(parseList(text));
}

function parseList(text: string): unknown {
  try {
    return JSON.parse(text.trim() || '[]');
  } catch (error) {
    const remedy = 'Run the action again. If the error persists, open an issue with the output of `docker version`.';
    throw new UpgradeError(
      {
        code: 'command-failed',
        what: 'The output of docker inspect could not be parsed',
        why: 'it is not JSON',
        remedy,
      },
      { cause: error },
    );
  }
}
