// Builds the fuzzer and runs it. usage: npm run fuzz [-- REQUESTS] [SEED]
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));
const outfile = `${root}.cache/fuzz/tests/fuzz/main.mjs`;
await build({
  absWorkingDir: root,
  entryPoints: ['tests/fuzz/main.ts'],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  sourcemap: 'inline',
  logLevel: 'warning',
  define: { 'import.meta.url': JSON.stringify(`file://${root}tests/recordings/case.ts`) },
});
const done = spawnSync(process.execPath, ['--enable-source-maps', '--expose-gc', outfile, ...process.argv.slice(2)], {
  stdio: 'inherit',
  cwd: root,
});
process.exitCode = done.status ?? 1;
