// Prepares the labs: programs, clusters, images. Each step is timed, and a failure is printed with its reason.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { imagesOf } from './units.mjs';

const CACHE = process.env.MILVUS_LAB ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'milvus-lab');

/** True if the programs of the lab have to be downloaded or built first. */
export function isCold() {
  return !existsSync(join(CACHE, 'bin', 'kube-apiserver'));
}

/** Why a lab cannot run on this machine, or an empty string. */
export function reasonNotHere(name) {
  if (process.platform !== 'linux') return 'it needs Linux';
  return name === 'node' && process.getuid?.() !== 0 ? 'it needs root: sudo npm test' : '';
}

/** Runs the steps that start a lab for these units. Resolves with { ok, phases }; a phase is { name, seconds }. */
export async function prepareLab(name, units, tier) {
  const extra = [...new Set(units.flatMap(({ tools }) => tools))];
  const images = imagesOf(units, tier);
  const steps = [
    ['programs', ['tools', name]],
    ...extra.map((tool) => [`programs for ${tool}`, ['tools', tool]]),
    ['start', [name, 'up', ...(name === 'simulated' ? ['3'] : [])]],
    ...(images.length > 0 ? [['images', ['images', ...images]]] : []),
    ['charts', ['charts', 'serve']],
  ];
  const phases = [];
  for (const [what, args] of steps) {
    const startedAt = Date.now();
    const ok = await runLab(args);
    phases.push({ name: `${name} lab: ${what}`, seconds: (Date.now() - startedAt) / 1000 });
    if (!ok) {
      process.stdout.write(`FAILED: ${name} lab: ${what}. Run it alone with: lab/lab ${args.join(' ')}\n`);
      return { ok: false, phases };
    }
  }
  return { ok: true, phases };
}

function runLab(args) {
  return new Promise((resolve) => {
    const child = spawn('lab/lab', args, { stdio: ['ignore', 'ignore', 'inherit'] });
    child.on('error', () => resolve(false));
    child.on('close', (code) => resolve(code === 0));
  });
}
