import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Case, readCases, readOutsideCases } from './case.ts';
import { replay } from './replay.ts';

/**
 * Replays every recording in process. `score.json` holds how many answers of each folder are equal: it may only rise.
 * `UPDATE_SCORE=1` writes it anew after an improvement. Differences are written to `.cache/recordings/FOLDER.txt`.
 */
const scoreFile = new URL('./score.json', import.meta.url);
const score = JSON.parse(readFileSync(scoreFile, 'utf8')) as Record<string, { equal: number; answers: number }>;

/** Some cases make certificate requests with the host's openssl: where there is none, their answers are not judged. */
const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
const isJudged = (test: Case): boolean => hasOpenssl || !JSON.stringify(test.steps).includes('openssl');

function replayFolder(folder: string, cases: readonly Case[]): void {
  const report: string[] = [];
  const total = { equal: 0, answers: 0 };
  const unjudged = new Set(cases.filter((test) => !isJudged(test)).map(({ name }) => name));
  for (const needs of ['api', 'controllers', 'full'] as const) {
    if (!cases.some((test) => (test.needs ?? 'full') === needs)) continue;
    for (const [name, result] of replay(cases, needs)) {
      const judged = !unjudged.has(name);
      if (!judged) process.stdout.write(`recordings ${folder}: ${name} is not judged, openssl is absent\n`);
      total.equal += judged ? result.equal : result.answers;
      total.answers += result.answers;
      report.push(...result.differences);
    }
  }
  if (!existsSync('.cache/recordings')) mkdirSync('.cache/recordings', { recursive: true });
  writeFileSync(`.cache/recordings/${folder}.txt`, `${report.join('\n')}\n`);
  process.stdout.write(`recordings ${folder}: ${total.equal}/${total.answers} = ${((100 * total.equal) / total.answers).toFixed(1)} %\n`);
  if (process.env['UPDATE_SCORE']) {
    const now = JSON.parse(readFileSync(scoreFile, 'utf8')) as Record<string, unknown>;
    writeFileSync(scoreFile, `${JSON.stringify({ ...now, [folder]: total }, undefined, 2)}\n`);
  } else expect(total.equal).toBeGreaterThanOrEqual(score[folder]?.equal ?? 0);
}

describe.each(['api', 'rest', 'policy', 'loops', 'kubectl'])('%s', (folder) => {
  it('answers as the real control plane did, as often as before or more often', () => replayFolder(folder, readCases(folder)), 600_000);
});

describe('real', () => {
  const cases = readOutsideCases('real');
  it.skipIf(!cases)(cases ? 'answers for real applications as often as before' : 'skipped: ../shared/recordings/real is absent', () => replayFolder('real', cases ?? []), 600_000);
});
