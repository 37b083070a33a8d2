import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Process } from '../../src/process/process.ts';
import type { ProgramContext } from '../../src/shell/context.ts';
import { readAll } from '../../src/shell/streams.ts';

const readFlags: ReadonlySet<string> = new Set(['-in', '-key', '-CA', '-CAkey', '-extfile']);
const writtenFlags: ReadonlySet<string> = new Set(['-out', '-keyout']);

/** `openssl …` of a case's shell: the host's own, which sees the files that its arguments name. A request for a new key reads no input. */
export function* opensslProgram(context: ProgramContext): Process<number> {
  const [, ...args] = context.argv;
  const folder = mkdtempSync(join(tmpdir(), 'openssl-'));
  try {
    const written = new Map<string, string>();
    const rest = args.map((argument, i) => {
      const flag = args[i - 1] ?? '';
      if (argument.startsWith('/dev/') || !(readFlags.has(flag) || writtenFlags.has(flag))) return argument;
      const own = argument.startsWith('/') ? argument : `${context.cwd}/${argument}`;
      const there = join(folder, String(i));
      if (writtenFlags.has(flag)) written.set(there, own);
      else writeFileSync(there, context.fs.readFile(own));
      return there;
    });
    const input = rest.includes('-new') ? new Uint8Array() : yield* readAll(context.stdin);
    const done = spawnSync('openssl', rest, { input });
    if (done.error) return 127;
    for (const [there, own] of written) if (existsSync(there)) context.fs.writeFile(own, readFileSync(there));
    yield* context.stdout.write(done.stdout);
    yield* context.stderr.write(done.stderr);
    return done.status ?? 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
