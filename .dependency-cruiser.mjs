// Which directory may import which: the layers of ARCHITECTURE.md. Type-only imports count.
export default {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'Move what both files need, mostly a type, to a file of its own.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'core-is-pure',
      comment:
        'src/core imports only src/core, semver, yaml and diff. Move what needs a clock, a file or a network to the platform that calls it.',
      severity: 'error',
      from: { path: '^src/core/' },
      to: { pathNot: '^src/core/|^node_modules/(semver|@types/semver|yaml|diff)/' },
    },
    {
      name: 'platforms-are-apart',
      comment:
        'src/kubernetes and src/compose do not import each other. Move what both need to src/core, src/etcd or src/milvus.',
      severity: 'error',
      from: { path: '^src/(kubernetes|compose)/' },
      to: { path: '^src/(kubernetes|compose)/', pathNot: '^src/$1/' },
    },
    {
      name: 'platforms-use-the-seam',
      comment:
        'Of src/run, a platform sees its own interface, deadlines and the change signal; it does not call the use cases.',
      severity: 'error',
      from: { path: '^src/(kubernetes|compose)/' },
      to: { path: '^src/run/', pathNot: '^src/run/(platform|deadline|change-signal)[.]ts$' },
    },
    {
      name: 'only-the-registry-knows-every-platform',
      comment:
        'Outside its platform, nothing imports its core: get what differs from the planner or the labels (src/core/platforms). The two files of src/core/model form the unions.',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot:
          '^src/(kubernetes|compose)/|^src/core/(helm|rolling|compose|platforms)/|^src/core/model/(observation|step)[.]ts$',
      },
      to: { path: '^src/core/(helm|compose)/' },
    },
    {
      name: 'helm-knows-no-compose',
      comment: 'The core of one platform does not import that of another. Move what both need to src/core.',
      severity: 'error',
      from: { path: '^src/(core/(helm|rolling)|kubernetes)/' },
      to: { path: '^src/core/compose/' },
    },
    {
      name: 'compose-knows-no-helm',
      comment: 'The core of one platform does not import that of another. Move what both need to src/core.',
      severity: 'error',
      from: { path: '^src/(core/compose|compose)/' },
      to: { path: '^src/core/(helm|rolling)/' },
    },
    {
      name: 'only-one-file-opens-a-platform',
      comment: 'src/run works with the interface of run/platform.ts.',
      severity: 'error',
      from: { path: '^src/run/', pathNot: '^src/run/open-platform[.]ts$' },
      to: { path: '^src/(kubernetes|compose)/' },
    },
    {
      name: 'clients-know-no-platform',
      comment: 'src/etcd and src/milvus get a connection from a platform and know neither Kubernetes nor Docker.',
      severity: 'error',
      from: { path: '^src/(etcd|milvus)/' },
      to: { path: '^src/(kubernetes|compose|runner|cli|action)/' },
    },
    {
      name: 'runner-knows-no-platform',
      comment: 'src/runner is the machine: programs, files, workflow commands.',
      severity: 'error',
      from: { path: '^src/runner/' },
      to: { path: '^src/(kubernetes|compose|etcd|milvus|cli|action)/' },
    },
    {
      name: 'sources-import-no-tests',
      comment: 'Nothing that is shipped depends on tests, the lab or benchmarks.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|lab|bench)/' },
    },
    {
      name: 'nothing-unresolved',
      comment: 'An import that is not found fails at run time.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-dev-dependency-is-shipped',
      comment: 'What src imports is a dependency, not a devDependency.',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev'], pathNot: '^node_modules/@types/' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
  },
};
