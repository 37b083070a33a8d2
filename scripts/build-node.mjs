// Bundles the command line and the library for Node into dist/. Run by `npm install` and by bin/tabernetes.mjs in a checkout.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const entries = { 'node/cli': 'src/cli/main.ts', 'lib/index': 'src/index.ts' };

/** `virtual:field-descriptions`, as in the page's build: a chunk that the server loads beside its work. */
const fieldDescriptions = {
  name: 'field-descriptions',
  setup(build) {
    build.onResolve({ filter: /^virtual:field-descriptions$/ }, ({ path }) => ({ path, namespace: 'descriptions' }));
    build.onLoad({ filter: /.*/, namespace: 'descriptions' }, async () => {
      const { extractDescriptions } = await import('./extract-descriptions.mjs');
      return { contents: `export const descriptions = ${JSON.stringify(extractDescriptions())};` };
    });
  },
};

/** The newest change under a folder, in ms. */
function newest(folder) {
  let latest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    latest = Math.max(latest, entry.isDirectory() ? newest(path) : statSync(path).mtimeMs);
  }
  return latest;
}

/** Builds what is older than its source. */
export async function buildNode() {
  const changed = Math.max(newest(join(root, 'src')), statSync(join(root, 'package.json')).mtimeMs);
  const present = Object.fromEntries(Object.entries(entries).filter(([, source]) => existsSync(join(root, source))));
  const stale = Object.keys(present).some((name) => {
    const out = join(root, 'dist', `${name}.js`);
    return !existsSync(out) || statSync(out).mtimeMs < changed;
  });
  if (!stale || Object.keys(present).length === 0) return;
  const { build } = await import('esbuild');
  await build({
    absWorkingDir: root,
    entryPoints: present,
    outdir: 'dist',
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    splitting: true,
    chunkNames: 'node/chunks/[name]-[hash]',
    sourcemap: true,
    plugins: [fieldDescriptions],
    logLevel: 'warning',
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildNode();
