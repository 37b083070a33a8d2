// Measures speed and memory and prints a table; nothing is asserted. usage: npm run bench [-- NAME…] [--rounds N] [--list]
// A name stands for all measurements that begin with it (`scheduler-`); those that take long are run only when named.
// Each measurement runs in a process of its own, several times; the table shows the least, the middle and the greatest figure.
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { build } from 'esbuild';

const flag = process.argv.indexOf('--rounds');
const rounds = flag > 0 ? Number(process.argv[flag + 1]) : 3;
const names = process.argv.slice(2).filter((word, i, all) => !word.startsWith('--') && all[i - 1] !== '--rounds');
mkdirSync('.cache/bench', { recursive: true });
await build({
  entryPoints: ['tests/bench/measurements.ts'],
  outfile: '.cache/bench/measurements.mjs',
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  logLevel: 'warning',
});

const once = ({ name, heapLimitMb = 6144 }) => {
  const done = spawnSync(
    process.execPath,
    ['--expose-gc', `--max-old-space-size=${heapLimitMb}`, '.cache/bench/measurements.mjs', name],
    {
      encoding: 'utf8',
      maxBuffer: 1 << 26,
      // Long measurements tell there how far they are.
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  if (done.status !== 0) throw new Error(`${name} failed`);
  return JSON.parse(done.stdout.trim().split('\n').at(-1));
};
const all = JSON.parse(
  spawnSync(process.execPath, ['.cache/bench/measurements.mjs', '--list'], { encoding: 'utf8' }).stdout,
);
if (process.argv.includes('--list')) {
  for (const { name, about, isLong } of all) console.log(`${name.padEnd(56)} ${about}${isLong ? ' (long)' : ''}`);
  process.exit();
}
const isWanted = ({ name, isLong }) => (names.length === 0 ? !isLong : names.some((prefix) => name.startsWith(prefix)));
console.log(
  `Node ${process.version}, ${cpus().length} cores (${cpus()[0]?.model.trim()}), ${rounds} rounds: least / middle / greatest; load average ${loadavg()[0].toFixed(1)}\n`,
);
console.log('| measurement | unit | least | middle | greatest |\n|---|---|---|---|---|');
for (const measurement of all.filter(isWanted)) {
  const { about } = measurement;
  const results = Array.from({ length: rounds }, () => once(measurement));
  for (const unit of Object.keys(results[0])) {
    const sorted = results.map((result) => result[unit]).sort((a, b) => a - b);
    const show = (value) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));
    console.log(
      `| ${about} | ${unit} | ${show(sorted[0])} | ${show(sorted[Math.floor(sorted.length / 2)])} | ${show(sorted.at(-1))} |`,
    );
  }
}
