// Makes what the published package holds: the command line, the library, and the library's declarations. Run by `npm pack`.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildNode } from './build-node.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const emitted = join(root, '.cache/declarations');
const target = join(root, 'dist/types');

// Chunks of earlier builds would be packed too.
for (const folder of ['dist/node', 'dist/lib', 'dist/types', '.cache/declarations'])
  rmSync(join(root, folder), { recursive: true, force: true });
await buildNode();
mkdirSync(emitted, { recursive: true });
writeFileSync(join(root, '.cache/tsconfig.declarations.json'), JSON.stringify(declarationsOf('../src/index.ts')));
execFileSync(process.execPath, ['node_modules/typescript7/bin/tsc', '-p', '.cache/tsconfig.declarations.json'], {
  cwd: root,
  stdio: 'inherit',
});
keep('index');

/** A compiler configuration that emits declarations and nothing else. */
function declarationsOf(entry) {
  return {
    extends: '../tsconfig.json',
    compilerOptions: {
      noEmit: false,
      declaration: true,
      emitDeclarationOnly: true,
      incremental: false,
      rootDir: '../src',
      outDir: 'declarations',
    },
    include: [],
    files: [entry],
  };
}

/** Keeps a declaration file and those it names, by the names that every consumer resolves. */
function keep(first) {
  const seen = new Set([first]);
  for (const module of seen) {
    const text = readFileSync(join(emitted, `${module}.d.ts`), 'utf8');
    const named = text.replace(/(from |import\()'(\.[^']*)\.ts'/g, (_, keyword, path) => {
      seen.add(join(dirname(module), path));
      return `${keyword}'${path}.js'`;
    });
    const out = join(target, `${module}.d.ts`);
    mkdirSync(dirname(out), { recursive: true });
    writeFileSync(out, named);
  }
}
