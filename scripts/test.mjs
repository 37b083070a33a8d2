// The whole test: static checks, unit tests, clusters, recordings, browser journeys. Ends with one line: `N passed, N failed`.
// usage: npm test [-- --no-browser]
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { findChromium } from './chromium.mjs';

const args = new Set(process.argv.slice(2));
const report = '.cache/test';
rmSync(report, { recursive: true, force: true });
mkdirSync(report, { recursive: true });
let passed = 0;
let failed = 0;

/** Runs a command with its output shown; gives whether it exited with 0. */
const run = (command, env = {}) =>
  new Promise((resolve) => {
    console.log(`\n> ${command}`);
    const child = spawn(command, {
      shell: true,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...env },
    });
    child.on('exit', (code) => resolve(code === 0));
  });

async function check(command) {
  if (await run(command)) passed++;
  else {
    failed++;
    console.error(`FAILED: ${command}`);
  }
}

/** Adds a test runner's counts; a run that left no report, or ran nothing, counts as a failure. */
async function suite(command, file, countsOf, env = {}) {
  const good = await run(command, env);
  const counts = existsSync(file) ? countsOf(JSON.parse(readFileSync(file, 'utf8'))) : { passed: 0, failed: 1 };
  passed += counts.passed;
  failed += counts.failed;
  if (counts.failed === 0 && (!good || counts.passed === 0)) failed++;
}

await check('npm run -s build');
for (const name of ['types', 'lint', 'check:format', 'check:imports', 'check:unused', 'check:size'])
  await check(`npm run -s ${name}`);
await suite(
  `npx vitest run --reporter=default --reporter=json --outputFile.json=${report}/vitest.json`,
  `${report}/vitest.json`,
  (json) => ({
    passed: json.numPassedTests,
    failed:
      json.numFailedTests +
      json.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length,
  }),
);
if (!args.has('--no-browser')) {
  const chromium = findChromium();
  await suite(
    'npx playwright test --reporter=list,json',
    `${report}/playwright.json`,
    (json) => ({ passed: json.stats.expected, failed: json.stats.unexpected + json.stats.flaky }),
    { CHROMIUM_PATH: chromium, PLAYWRIGHT_JSON_OUTPUT_NAME: `${report}/playwright.json` },
  );
}
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
