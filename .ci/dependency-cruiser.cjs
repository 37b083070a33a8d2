// The import rules of docs/architecture.md. `npm run check:imports`.
const only = (name, folder, allowed, comment) => ({
  name,
  severity: 'error',
  comment,
  from: { path: `^src/${folder}/`, pathNot: '\\.(test|contract)\\.tsx?$' },
  to: { path: '^src/', pathNot: `^src/(${[folder, ...allowed].join('|')})(/|\\.ts$|$)` },
});

/** What single parts may use besides: pure rules that admission shares, programs' interfaces. */
const sharedWith = { controllers: ['engine/quota', 'engine/certificates'], network: ['shell'], storage: ['shell'] };

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } } },
    only('process-stands-alone', 'process', []),
    only('protocol-stands-alone', 'protocol', []),
    only('apimachinery-stands-alone', 'apimachinery', []),
    only('api', 'api', ['apimachinery']),
    only('client', 'client', ['api', 'apimachinery', 'protocol', 'process']),
    only('shell', 'shell', ['process', 'apimachinery']),
    only('kubectl', 'kubectl', ['client', 'api', 'apimachinery', 'protocol', 'process', 'shell']),
    only('lessons', 'lessons', ['client', 'api', 'apimachinery', 'protocol', 'process', 'shell']),
    only('ui-never-imports-the-engine', 'ui', ['client', 'kubectl', 'shell', 'lessons', 'api', 'apimachinery', 'protocol', 'process']),
    only('sim', 'engine/sim', ['process']),
    only('store', 'engine/store', ['engine/sim', 'process']),
    only('quota-is-pure', 'engine/quota', ['api', 'apimachinery']),
    only('certificates-are-pure', 'engine/certificates', ['api', 'apimachinery']),
    only('apiserver', 'engine/apiserver', ['engine/store', 'engine/sim', 'engine/quota', 'engine/certificates', 'api', 'apimachinery', 'protocol', 'process']),
    ...['scheduler', 'controllers', 'network', 'storage'].map((part) =>
      only(part, `engine/${part}`, ['client', 'api', 'apimachinery', 'protocol', 'process', 'engine/sim', 'engine/component\\.ts', ...(sharedWith[part] ?? [])]),
    ),
    only('cluster-autoscaler', 'engine/cluster-autoscaler', ['client', 'api', 'apimachinery', 'protocol', 'process', 'engine/sim', 'engine/component\\.ts', 'engine/scheduler']),
    only('kubelet', 'engine/kubelet', ['client', 'api', 'apimachinery', 'protocol', 'process', 'shell', 'engine/sim', 'engine/component\\.ts', 'engine/runtime', 'engine/nodes', 'engine/network/network\\.ts', 'engine/apiserver/outward\\.ts']),
    only('runtime', 'engine/runtime', ['engine/sim', 'engine/nodes', 'shell', 'apimachinery', 'process']),
    only('nodes', 'engine/nodes', ['engine/sim', 'shell', 'apimachinery', 'process']),
    {
      name: 'only-the-composition-root-knows-everything',
      severity: 'error',
      from: { path: '^src/(worker|server|index\\.ts)', pathNot: '\\.test\\.ts$' },
      to: { path: '^src/engine/', pathNot: '^src/engine/(cluster|cluster-[a-z-]+|custom-controllers/definition)\\.ts$' },
    },
    { name: 'controllers-do-not-know-each-other', severity: 'error', from: { path: '^src/engine/controllers/([^/]+)/', pathNot: '\\.test\\.ts$' }, to: { path: '^src/engine/controllers/([^/]+)/', pathNot: '^src/engine/controllers/($1|shared)/' } },
    { name: 'no-node-in-the-engine', severity: 'error', from: { path: '^src/(engine|shell|client|kubectl|apimachinery|process|api|protocol)/', pathNot: '\\.(test|contract)\\.ts$' }, to: { dependencyTypes: ['core'] } },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true, pathNot: '\\?(worker|raw|url)|^virtual:' } },
  ],
  options: { doNotFollow: { path: 'node_modules' }, tsPreCompilationDeps: true, tsConfig: { fileName: 'tsconfig.json' }, enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'browser', 'default'] } },
};
