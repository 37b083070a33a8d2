import { spawnSync } from 'node:child_process';
import type { Process } from '../../src/process/process.ts';
import type { ProgramContext } from '../../src/shell/context.ts';
import { readAll } from '../../src/shell/streams.ts';

/** `openssl …` of a case's shell: the host's own, which knows nothing but its arguments and its input. A request for a new key reads none. */
export function* opensslProgram(context: ProgramContext): Process<number> {
  const [, ...rest] = context.argv;
  const input = rest.includes('-new') ? new Uint8Array() : yield* readAll(context.stdin);
  const done = spawnSync('openssl', rest, { input });
  if (done.error) return 127;
  yield* context.stdout.write(done.stdout);
  yield* context.stderr.write(done.stderr);
  return done.status ?? 1;
}
