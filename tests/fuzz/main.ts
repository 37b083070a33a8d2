/** usage: main.ts [REQUESTS] [SEED]: so many random requests, over servers of 5,000 each; prints what came of it. */
import { readCorpus } from './corpus.ts';
import { emptyReport, fuzz, type PlaneKind } from './fuzz.ts';

const [requests = 200_000, seed = 'fuzz'] = [Number(process.argv[2] ?? 200_000), process.argv[3] ?? 'fuzz'];
const perServer = 5000;
const planes: readonly PlaneKind[] = ['api', 'hollow', 'api', 'api', 'nodes', 'api'];
const corpus = readCorpus();
const report = emptyReport();
const started = performance.now();
const heap: number[] = [];
for (let i = 0; report.requests < requests; i++) {
  const count = Math.min(perServer, requests - report.requests);
  fuzz({ seed: `${seed}/${i}`, requests: count, plane: planes[i % planes.length] ?? 'api', corpus, report });
  (globalThis as { gc?: () => void }).gc?.();
  heap.push(Math.round(process.memoryUsage().heapUsed / 1e6));
}
const seconds = (performance.now() - started) / 1000;
console.log(`${report.requests} requests in ${seconds.toFixed(0)} s; slowest ${report.slowestMs.toFixed(0)} ms`);
console.log(`    ${report.slowest.slice(0, 300)}`);
console.log(`heap after each server, MB: ${heap.join(' ')}`);
console.log(
  `statuses: ${[...report.statuses]
    .sort(([a], [b]) => a - b)
    .map(([status, count]) => `${status}: ${count}`)
    .join(', ')}`,
);
for (const [words, count] of [...report.serverErrors].sort(([, a], [, b]) => b - a).slice(0, 40))
  console.log(`  ${count} × ${words}`);
console.log(`objects left: ${report.objects}`);
for (const [what, example] of report.problems) console.log(`\nPROBLEM ${what}\n  ${example}`);
console.log(`\n${report.problems.size} problems`);
process.exitCode = report.problems.size === 0 ? 0 : 1;
