// Generates the API's types, resource references and schema facts into src/api.
//
//   node scripts/generate-api.mjs [RECORDINGS_DIR] [GO_MODULES_DIR]
//
// RECORDINGS_DIR (default ../shared/recordings) holds schema/openapi-v3/*.json as a real API server publishes them.
// GO_MODULES_DIR (default `go env GOMODCACHE`) holds k8s.io/api, apimachinery, apiextensions-apiserver,
// kube-aggregator, metrics and kubernetes: their Go sources give the order and Go names of fields, and the few types
// that OpenAPI does not publish. Only facts are taken, no sentence.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { addFromGo, loadDefinitions, loadResources } from './generate-api/definitions.mjs';
import { emitFacts } from './generate-api/emit-facts.mjs';
import { emitGoStructs } from './generate-api/emit-go-structs.mjs';
import { emitPodTemplate } from './generate-api/emit-pod-template.mjs';
import { emitResources } from './generate-api/emit-resources.mjs';
import { emitTypes } from './generate-api/emit-types.mjs';
import { GoSources } from './generate-api/go-sources.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const recordings = process.argv[2] ?? join(root, '../shared/recordings');
const goModules = process.argv[3] ?? execFileSync('go', ['env', 'GOMODCACHE'], { encoding: 'utf8' }).trim();

const go = new GoSources(join(goModules, 'k8s.io'));
const definitions = loadDefinitions(join(recordings, 'schema/openapi-v3'));
addFromGo(definitions, go);

const files = new Map([
  ...emitTypes(definitions, go),
  ...emitResources(loadResources(join(recordings, 'schema/openapi-v3'))),
  ...emitFacts(definitions, go),
  ...emitGoStructs(definitions, go),
  ...emitPodTemplate(go),
]);
for (const [path, text] of files) {
  const target = join(root, 'src/api', path);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, text);
}
execFileSync(join(root, 'node_modules/.bin/biome'), ['format', '--write', 'src/api'], { cwd: root, stdio: 'ignore' });
