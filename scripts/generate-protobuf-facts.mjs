// Generates src/api/generated/protobuf-facts.ts: for each message of the served API versions its field numbers, JSON names and types.
// usage: node scripts/generate-protobuf-facts.mjs MODULES-FOLDER      (a Go module cache's k8s.io folder of v0.36.3)
//
// Types come from the generated.proto files, JSON names and inlined structs from the tags of the Go types.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [modules] = process.argv.slice(2);
if (!modules) {
  console.error('usage: node scripts/generate-protobuf-facts.mjs MODULES-FOLDER');
  process.exit(2);
}
const served = {
  admissionregistration: ['v1'],
  apps: ['v1'],
  authentication: ['v1'],
  authorization: ['v1'],
  autoscaling: ['v1', 'v2'],
  batch: ['v1'],
  certificates: ['v1'],
  coordination: ['v1'],
  core: ['v1'],
  discovery: ['v1'],
  events: ['v1'],
  flowcontrol: ['v1'],
  networking: ['v1'],
  node: ['v1'],
  policy: ['v1'],
  rbac: ['v1'],
  resource: ['v1'],
  scheduling: ['v1'],
  storage: ['v1'],
};
const module = (name) => join(modules, readdirSync(modules).find((entry) => entry === `${name}@v0.36.3`) ?? name);
const folders = [
  ...Object.entries(served).flatMap(([group, versions]) =>
    versions.map((version) => [`k8s.io.api.${group}.${version}`, join(module('api'), group, version)]),
  ),
  ['k8s.io.apimachinery.pkg.apis.meta.v1', join(module('apimachinery'), 'pkg/apis/meta/v1')],
  ['k8s.io.apimachinery.pkg.runtime', join(module('apimachinery'), 'pkg/runtime')],
  [
    'k8s.io.apiextensions_apiserver.pkg.apis.apiextensions.v1',
    join(module('apiextensions-apiserver'), 'pkg/apis/apiextensions/v1'),
  ],
  [
    'k8s.io.kube_aggregator.pkg.apis.apiregistration.v1',
    join(module('kube-aggregator'), 'pkg/apis/apiregistration/v1'),
  ],
];

/** message → field number → {repeated, type} */
function protoOf(folder) {
  const messages = new Map();
  let current;
  for (const line of readFileSync(join(folder, 'generated.proto'), 'utf8').split('\n')) {
    const message = /^message (\w+)/.exec(line);
    if (message) messages.set(message[1], (current = new Map()));
    const map = /^\s+map<(\w+), ([\w.]+)> (\w+) = (\d+);/.exec(line);
    if (map) current?.set(Number(map[4]), { map: true, type: map[2], name: map[3] });
    const field = /^\s+(optional|repeated|required) ([\w.]+) (\w+) = (\d+)/.exec(line);
    if (field) current?.set(Number(field[4]), { repeated: field[1] === 'repeated', type: field[2], name: field[3] });
  }
  return messages;
}

/** struct → field number → {json, inline, pointer, omitempty} */
function tagsOf(folder) {
  const structs = new Map();
  for (const file of readdirSync(folder).filter(
    (name) => name.endsWith('.go') && !/_test\.go$|^zz_|generated/.test(name),
  )) {
    let current;
    for (const line of readFileSync(join(folder, file), 'utf8').split('\n')) {
      const struct = /^type (\w+) struct/.exec(line) ?? /^\t(\w+) struct \{/.exec(line);
      if (struct) structs.set(struct[1], (current = new Map()));
      const json = /json:"([^"]*)"/.exec(line);
      const proto = /protobuf:"\w+,(\d+),/.exec(line);
      if (!json || !proto || !current) continue;
      const [name, ...options] = json[1].split(',');
      const pointer = /^\s+\w+\s+\*/.test(line);
      current.set(Number(proto[1]), {
        json: name,
        inline: options.includes('inline') || name === '',
        pointer,
        omitempty: options.includes('omitempty') || options.includes('omitzero'),
      });
    }
  }
  return structs;
}

const scalars = { string: 's', bool: 'b', int32: 'i', int64: 'i', uint32: 'i', uint64: 'i', bytes: 'y', double: 'd' };
const packages = folders.filter(([, folder]) => existsSync(join(folder, 'generated.proto')));
const names = packages.map(([name]) => name);
/** A message's type as it stands in the table: `#package.Message` with the package's place in the list. */
function typeText(type, own) {
  if (scalars[type]) return scalars[type];
  const short = type.startsWith('.') ? type.slice(1) : type;
  if (!short.includes('.')) return `#${names.indexOf(own)}.${short}`;
  const dot = short.lastIndexOf('.');
  const found = names.indexOf(short.slice(0, dot));
  return found >= 0 ? `#${found}.${short.slice(dot + 1)}` : `#.${short.slice(dot + 1)}`;
}

const lines = [];
for (const [name, folder] of packages) {
  const tags = tagsOf(folder);
  for (const [message, fields] of protoOf(folder)) {
    const texts = [...fields].map(([number, { repeated, map, type, name: protoName }]) => {
      const tag = tags.get(message)?.get(number);
      const json = tag ? (tag.inline ? '' : tag.json) : protoName;
      const presence = tag?.pointer ? '?' : tag?.omitempty ? '' : '!';
      return `${number}${map ? '%' : repeated ? '*' : presence}${json}:${typeText(type, name)}`;
    });
    lines.push(`${names.indexOf(name)}.${message} ${texts.join(' ')}`);
  }
}
writeFileSync(
  new URL('../src/api/generated/protobuf-facts.ts', import.meta.url),
  `// Generated by scripts/generate-protobuf-facts.mjs. A line per message: package.Message number[*|%|?|!]jsonName:type … (* repeated, % map, ? pointer, ! never omitted; no name: inlined).\nexport const protobufPackages: readonly string[] = ${JSON.stringify(names)};\nexport const protobufMessages = \`\n${lines.join('\n').replaceAll('\\', '\\\\').replaceAll('$', '\\$').replaceAll('`', '\\`')}\n\`;\n`,
);
console.log(`${lines.length} messages`);
