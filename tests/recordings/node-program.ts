import { spawnSync } from 'node:child_process';
import type { Process } from '../../src/process/process.ts';
import type { ProgramContext } from '../../src/shell/context.ts';
import { readAll } from '../../src/shell/streams.ts';
import { decode, encode } from '../../src/shell/text.ts';

/** `node FILE [ARGUMENT …]` of a case's shell: the host's own Node runs the module, which knows nothing but its input. */
export function* nodeProgram(context: ProgramContext): Process<number> {
  const [, file = '', ...rest] = context.argv;
  const source = context.fs.readFile(file.startsWith('/') ? file : `${context.cwd}/${file}`);
  const input = yield* readAll(context.stdin);
  const done = spawnSync(process.execPath, ['--input-type=module', '--eval', decode(source), file, ...rest], { input });
  yield* context.stdout.write(encode(done.stdout.toString()));
  yield* context.stderr.write(encode(done.stderr.toString()));
  return done.status ?? 1;
}
