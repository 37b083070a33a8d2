import type { Process } from '../../process/process.ts';
import { SpawnError } from '../context.ts';
import { BytesReader, readAll, writeText } from '../streams.ts';
import { decode } from '../text.ts';
import type { Call, Utility } from './utility.ts';

export const xargs: Utility = {
  names: ['xargs'],
  summary: 'Run PROG on every item given by stdin',
  usage: '[-0prt] [-n N] [-I STR] [-P N] [PROG ARGS]',
  options: '0prtn:I:P:L:d:s:xE:',
  stopAtOperand: true,
  long: {
    null: '0',
    'no-run-if-empty': 'r',
    'max-args': 'n',
    replace: 'I',
    'max-procs': 'P',
    delimiter: 'd',
    verbose: 't',
    'max-lines': 'L',
  },
  *run(call) {
    const command = call.args.length === 0 ? ['echo'] : call.args;
    const text = decode(yield* readAll(call.context.stdin));
    const marker = call.value('I');
    const items = split(call, text);
    if (marker !== undefined) {
      for (const item of items)
        if (
          yield* run(
            call,
            command.map((word) => word.split(marker).join(item)),
          )
        )
          return 124;
      return call.status;
    }
    if (items.length === 0) {
      if (!call.has('r')) yield* run(call, command);
      return call.status;
    }
    const size = call.number('n', call.number('L', items.length));
    for (let at = 0; at < items.length; at += size)
      if (yield* run(call, [...command, ...items.slice(at, at + size)])) return 124;
    return call.status;
  },
};

function split(call: Call, text: string): string[] {
  if (call.has('0')) return text.split('\0').filter((item) => item !== '');
  const delimiter = call.value('d');
  if (delimiter !== undefined)
    return text.replace(/\n$/, '').split(delimiter.replace('\\n', '\n').replace('\\0', '\0'));
  if (call.has('I') || call.has('L'))
    return text
      .split('\n')
      .map((line) => line.trimStart())
      .filter((line) => line !== '')
      .map(unquote);
  return (text.match(/(?:"[^"\n]*"|'[^'\n]*'|\\[\s\S]|[^\s"'\\])+/g) ?? []).map(unquote);
}

const unquote = (item: string) =>
  item.replace(/"([^"\n]*)"|'([^'\n]*)'|\\([\s\S])/g, (_, a?: string, b?: string, c?: string) => a ?? b ?? c ?? '');

/** Gives true when the command asked to stop (255). */
function* run(call: Call, words: readonly string[]): Process<boolean> {
  if (call.has('t')) yield* writeText(call.context.stderr, `${words.join(' ')}\n`);
  try {
    const child = call.context.processes.spawn({ argv: words, stdin: new BytesReader(new Uint8Array(0)) });
    const { code } = yield* child.wait();
    if (code !== 0) call.status = 123;
    return code === 255;
  } catch (error) {
    if (!(error instanceof SpawnError)) throw error;
    yield* call.error(
      `${words[0]}: ${error.code === 'ENOENT' ? 'No such file or directory' : 'Permission denied'}`,
      error.code === 'ENOENT' ? 127 : 126,
    );
    return false;
  }
}
