// Plays many random histories. usage: npm run invariants [-- RUNS] [SEED]
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const [runs = '1000', seed = '1'] = process.argv.slice(2);
const root = fileURLToPath(new URL('../..', import.meta.url));
const done = spawnSync(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', 'tests/invariants'], {
  stdio: 'inherit',
  cwd: root,
  env: { ...process.env, INVARIANT_RUNS: runs, INVARIANT_SEED: seed },
});
process.exitCode = done.status ?? 1;
