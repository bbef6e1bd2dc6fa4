// What is edited in Compose files, and what is refused. Update the page with: UPDATE_GOLDEN=1
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { planImageEdits } from '../../../../../src/core/compose/files/image-edits.js';
import { type EditRequest } from '../../../../../src/core/compose/files/edit-request.js';
import { diffOf } from '../../../../../src/core/compose/files/edit-diff.js';
import type { ProjectFile } from '../../../../../src/core/compose/files/project.js';
import { renderComposeFiles } from './compose-files-page.js';
import type { ComposeReading } from '../../../../lab/compose-readings.js';
import { readRecord } from '../../../../lab/records.js';
import { REAL_WORLD } from './real-world-files.js';
import type { Change } from './real-world-project.js';

const OLD = 'milvusdb/milvus:v2.2.12';
const NEW = 'milvusdb/milvus:v2.2.16';
const compose = (text: string, path = 'compose.yml'): ProjectFile => ({ kind: 'compose', path, text });
const env = (text: string, path = '.env'): ProjectFile => ({ kind: 'env', path, text });
const editRequest = (
  files: readonly ProjectFile[],
  images: EditRequest['images'] = { standalone: NEW },
  environment: EditRequest['environment'] = {},
): EditRequest => ({
  files,
  images,
  environment,
});
const services = (body: string): ProjectFile => compose(`services:\n${body}`);

/** The file with only the given places changed; fails if a line does not contain the old text exactly once. */
function changed({ path, text }: ProjectFile, changes: readonly Change[]): string {
  const lines = text.split('\n');
  for (const [, line, old, fresh] of changes.filter((change) => change[0] === path)) {
    const pieces = (lines[line - 1] ?? '').split(old);
    expect({ line, pieces: pieces.length }).toEqual({ line, pieces: 2 });
    lines[line - 1] = pieces.join(fresh);
  }
  return lines.join('\n');
}

describe.each(REAL_WORLD)('$title', (project) => {
  const { edits, problems } = planImageEdits(project);
  const after = project.files.map((file) => ({
    ...file,
    text: edits.find(({ path }) => path === file.path)?.after ?? file.text,
  }));

  it('changes the image and no other byte', () => {
    expect(problems).toEqual([]);
    expect(after.map(({ text }) => text)).toEqual(project.files.map((file) => changed(file, project.changes)));
    expect(edits.map(({ before }) => before)).toEqual(
      edits.map(({ path }) => project.files.find((file) => file.path === path)?.text),
    );
    expect(edits.flatMap(({ settings }) => settings)).toEqual(project.settings);
  });

  it('plans nothing for its own result', () => {
    expect(planImageEdits({ ...project, files: after })).toEqual({ edits: [], problems: [] });
  });
});

const shared = services('  standalone:\n    image: milvusdb/milvus:${V}\n  attu:\n    image: zilliz/attu:${V}\n');

describe('an edit is refused if it', () => {
  it.each<[string, EditRequest, readonly string[]]>([
    [
      'is for a service that does not exist',
      editRequest([services('  milvus:\n    image: x\n')]),
      ['standalone is not a service in compose.yml', 'milvus (compose.yml, line 3)'],
    ],
    ['has no file', editRequest([]), ['any file', 'compose-files']],
    [
      'is for a service without an image',
      editRequest([services('  standalone:\n    restart: always\n')]),
      ['standalone has no image in compose.yml', 'write one'],
    ],
    [
      'is for a service that is built from source',
      editRequest([services('  standalone:\n    build: .\n')]),
      ['compose.yml, line 3', 'built from source'],
    ],
    [
      'changes a block scalar',
      editRequest([services(`  standalone:\n    image: >-\n      ${OLD}\n`)]),
      ['compose.yml, line 3', 'on one line'],
    ],
    [
      'changes a text with escapes',
      editRequest([services('  standalone:\n    image: "milvusdb\\/milvus:v2.2.12"\n')]),
      ['compose.yml, line 3', 'contains escapes'],
    ],
    [
      'changes an image that is a list',
      editRequest([services('  standalone:\n    image: [x]\n')]),
      ['line 3', 'is not a string'],
    ],
    [
      'reads a file that is not YAML',
      editRequest([services('  standalone: {image: x\nhunter2')]),
      ['compose.yml, line', 'not YAML'],
    ],
    [
      'reads a duplicate key',
      editRequest([services('  standalone:\n    image: x\n    image: y\n')]),
      ['compose.yml, line 4', 'must be unique'],
    ],
    [
      'reads an undefined alias',
      editRequest([services('  standalone:\n    image: *hunter2\n')]),
      ['compose.yml', 'alias'],
    ],
    ['reads a file that is only a string', editRequest([compose('hunter2')]), ['compose.yml, line 1', 'not a map']],
    [
      'reads a dollar sign without a variable',
      editRequest([services('  standalone:\n    image: a/b:${V\n')]),
      ['line 3', 'does not start a variable'],
    ],
    [
      'uses a variable that is not set',
      editRequest([services('  standalone:\n    image: milvusdb/milvus:${V}\n')]),
      ['line 3', 'V is not set', 'V=v2.2.16'],
    ],
    [
      'uses a variable of the environment',
      editRequest([services('  standalone:\n    image: milvusdb/milvus:${V:-v1}\n'), env('V=v2.2.12\n')], undefined, {
        V: 'v2.2.11',
      }),
      ['V is set by the environment of this run, which takes precedence over the files: change it there, or unset it'],
    ],
    [
      'uses a variable that also sets the image of another service',
      editRequest([shared, env('V=v2.2.12\n')]),
      ['.env, line 1: V sets the image, but also the image of attu (compose.yml, line 5)'],
    ],
    [
      'uses a variable that also sets something else of another service',
      editRequest([
        services(
          '  standalone:\n    image: milvusdb/milvus:${V}\n  etcd:\n    command: ["etcd", "--name=${V:-none}"]\n',
        ),
        env('V=v2.2.12\n'),
      ]),
      ['services.etcd.command.1 (compose.yml, line 5)'],
    ],
    [
      'uses a variable that also sets the path of the data directory',
      editRequest([
        services('  standalone:\n    image: milvusdb/milvus:${V}\n    volumes: ["./data/${V}:/var/lib/milvus"]\n'),
        env('V=v2.2.12\n'),
      ]),
      [
        '.env, line 1: V sets the image, but also a mount: services.standalone.volumes.0 (compose.yml, line 4)',
        'start with other data',
      ],
    ],
    [
      'changes a text that also sets the data directory of the extended service',
      editRequest([
        compose(
          'services:\n  base:\n    image: &i "milvusdb/milvus:v2.2.12"\n    volumes:\n      - type: bind\n        source: *i\n        target: /var/lib/milvus\n',
          'base.yml',
        ),
        services('  standalone:\n    extends: {file: base.yml, service: base}\n'),
      ]),
      ['base.yml, line 3', 'a mount: services.base.volumes.0.source'],
    ],
    [
      'would rename the project',
      editRequest([compose('name: m-${V}\nservices:\n  standalone:\n    image: a:${V}\n'), env('V=v1')], {
        standalone: 'a:v2',
      }),
      ['also name (compose.yml, line 1)'],
    ],
    [
      'needs two values of one variable',
      editRequest([shared, env('V=v2.2.12\n')], { standalone: NEW, attu: 'zilliz/attu:v2.3.0' }),
      ['.env, line 1: V sets both', 'attu needs zilliz/attu:v2.3.0'],
    ],
    [
      'must keep one of two images that share a variable',
      editRequest([shared, env('V=v2.2.12\n')], { standalone: NEW, attu: 'zilliz/attu:v2.2.12' }),
      ['V sets both'],
    ],
    [
      'changes an anchor that is also used elsewhere',
      editRequest([compose(`x-m: &m\n  image: ${OLD}\nservices:\n  standalone:\n    <<: *m\n  proxy:\n    <<: *m\n`)]),
      ['compose.yml, line 2: x-m.image sets the image, but also the image of proxy'],
    ],
    [
      'changes an image that has an alias elsewhere',
      editRequest([services(`  standalone:\n    image: &m ${OLD}\n  proxy:\n    image: *m\n`)]),
      ['line 3: services.standalone.image', 'the image of proxy'],
    ],
    [
      'changes the base service of an extending service',
      editRequest([services(`  base:\n    image: ${OLD}\n  standalone:\n    extends: {service: base}\n`)]),
      ['the image of base'],
    ],
    [
      'cannot read an extended file',
      editRequest([services('  standalone:\n    extends: {file: ../common.yml, service: base}\n')]),
      ['compose.yml, line 3', 'base of ../common.yml', 'cannot be read'],
    ],
    [
      'is for a service that extends itself',
      editRequest([services('  standalone:\n    extends: standalone\n')]),
      ['line 3', 'extends itself'],
    ],
    [
      'is for a service that extends a missing one',
      editRequest([services('  standalone:\n    extends: {service: base}\n')]),
      ['line 3', 'which does not exist in compose.yml'],
    ],
    [
      'cannot read an included file',
      editRequest([compose('include:\n  - path: [db/milvus.yml]\nservices:\n  a: {image: x}\n')]),
      ['compose.yml, line 2', 'db/milvus.yml', 'cannot be read'],
    ],
    [
      'uses a variable that refers to itself',
      editRequest([services('  standalone:\n    image: a/b:${V}\n'), env('V=v1${V}\nV=${V}\n')], {
        standalone: 'a/b:v2',
      }),
      ['V refers to itself'],
    ],
    [
      'would activate a default',
      editRequest([services('  standalone:\n    image: a/b:v1${S:--x}\n'), env('S=-y\n')], { standalone: 'a/b:v1' }),
      ['the image of standalone cannot be changed separately', 'S (.env, line 1)'],
    ],
    ['has an invalid image', editRequest([shared], { standalone: 'a b: {c}' }), ['not a valid image reference']],
    [
      'is for an image that a later file resets',
      editRequest([
        shared,
        compose('services:\n  standalone:\n    image: !reset null\n  attu: !reset null\n', 'b.yml'),
      ]),
      ['standalone has no image'],
    ],
    [
      'is for a service that a later file overrides',
      editRequest([shared, compose('services:\n  standalone: !override\n    restart: always\n', 'b.yml')]),
      ['standalone has no image in compose.yml, b.yml'],
    ],
  ])('%s', (_, requested, parts) => {
    const { edits, problems } = planImageEdits(requested);
    expect(edits).toEqual([]);
    expect(problems).toHaveLength(1);
    for (const part of parts) expect(problems[0]).toContain(part);
    expect(problems[0]).not.toContain('hunter2');
  });

  it('has a problem for several services, and reports all of them at once', () => {
    expect(planImageEdits(editRequest([shared], { one: NEW, two: NEW })).problems).toHaveLength(2);
  });
});

describe('an edit', () => {
  it.each([
    ['the variable if it is the whole tag', 'a/b:${T}', 'T=v1\n', 'a/b:v2', 'T=v2\n'],
    ['a value in single quotes', 'a/b:${T}', "T='v1'\n", 'a/b:v2', "T='v2'\n"],
    ['the last of several settings', 'a/b:${T}', 'T=v0\nexport  T: v1', 'a/b:v2', 'T=v0\nexport  T: v2'],
    ['no text inside another value', 'a/b:${T}', 'T=v1\nCERT="-\nT=v0\n-"\n', 'a/b:v2', 'T=v2\nCERT="-\nT=v0\n-"\n'],
    ['the effective alternative', 'a/b:${T:+v1}', 'T=yes\n', 'a/b:v2', null],
    ['the text before an empty variable', 'a/b:v1${GPU}', 'GPU=\n', 'a/b:v12', null],
    ['the repository alone', 'a/b:${T}', 'T=v1\n', 'c/b:v1', null],
  ])('changes %s', (_, template, before, image, after) => {
    const files = [services(`  standalone:\n    image: ${template} # x\n`), env(before)];
    const { edits, problems } = planImageEdits(editRequest(files, { standalone: image }));
    expect(problems).toEqual([]);
    expect(edits.map(({ path }) => path)).toEqual([after === null ? 'compose.yml' : '.env']);
    if (after !== null) expect(edits[0]?.after).toBe(after);
  });

  it('changes a variable that is used only by the given services and by a replaced image', () => {
    const files = [shared, compose('services:\n  attu:\n    image: zilliz/attu:v2.3.0\n', 'b.yml'), env('V=v2.2.12\n')];
    expect(planImageEdits(editRequest(files))).toMatchObject({
      problems: [],
      edits: [{ path: '.env', after: 'V=v2.2.16\n', settings: ['V'] }],
    });
  });

  it('prefers the own image of the service to a merged one', () => {
    const text = (own: string) => `x-m: &m\n  image: a/b:v0\nservices:\n  standalone:\n    image: ${own}\n    <<: *m\n`;
    expect(planImageEdits(editRequest([compose(text(OLD))])).edits.map(({ after }) => after)).toEqual([text(NEW)]);
  });

  it('ignores a service that is only a template for others', () => {
    const pattern = compose(
      'services:\n  base:\n    image: milvusdb/milvus:${V}\n    labels: ["v=${V}"]\n',
      'base.yml',
    );
    const files = [
      pattern,
      services('  standalone:\n    extends: {file: base.yml, service: base}\n'),
      env('V=v2.2.12'),
    ];
    expect(planImageEdits(editRequest(files))).toMatchObject({
      problems: [],
      edits: [{ path: '.env', after: 'V=v2.2.16' }],
    });
  });

  it('does not change a service that already has its image from the environment', () => {
    expect(planImageEdits(editRequest([shared], { standalone: NEW }, { V: 'v2.2.16' }))).toEqual({
      edits: [],
      problems: [],
    });
  });
});

describe('the diff of an edit', () => {
  it('masks possible secrets in context lines, including multi-line values', () => {
    const text = 'MINIO_SECRET_KEY=hunter2\nV=v2.2.12\r\nTLS="-----\nhunter2\n-----"\n';
    const [edit] = planImageEdits(
      editRequest([services('  standalone:\n    image: milvusdb/milvus:${V}\n'), env(text)]),
    ).edits;
    expect(diffOf(edit!)).toEqual([
      '@@ -1,4 +1,4 @@',
      ' MINIO_SECRET_KEY=***',
      '-V=v2.2.12',
      '+V=v2.2.16',
      ' TLS="-----',
      ' ***',
    ]);
  });

  it('masks secrets on the changed line', () => {
    const [edit] = planImageEdits(
      editRequest([services(`  standalone: {image: ${OLD}, environment: {MINIO_SECRET_KEY: hunter2}}\n`)]),
    ).edits;
    expect(diffOf(edit!).join('\n')).toContain(`+  standalone: {image: ${NEW}, environment: {MINIO_SECRET_KEY: ***`);
    expect(diffOf(edit!).join('\n')).not.toContain('hunter2');
  });
});

describe('docs/verification/compose-files.md', () => {
  it('is up to date', () => {
    const page = renderComposeFiles(REAL_WORLD, readRecord<ComposeReading>('compose-readings'));
    if (process.env.UPDATE_GOLDEN) writeFileSync('docs/verification/compose-files.md', page);
    expect(readFileSync('docs/verification/compose-files.md', 'utf8')).toBe(page);
  });
});
