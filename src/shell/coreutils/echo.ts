import type { Process } from '../../process/process.ts';
import type { Program, ProgramContext } from '../context.ts';
import { encodeUnescaped, unescapeText } from './escapes.ts';
import type { Utility } from './utility.ts';

function* print(
  context: ProgramContext,
  words: readonly string[],
  newline: boolean,
  escapes: boolean,
): Process<number> {
  const text = words.join(' ');
  const { text: shown, stopped } = escapes
    ? unescapeText(text, { zeroOctal: true, bytes: true })
    : { text, stopped: false };
  yield* context.stdout.write(encodeUnescaped(newline && !stopped ? `${shown}\n` : shown));
  return 0;
}

/** echo with `-n`, `-e` and `-E`, as busybox and bash have it. */
export const echoProgram: Program = (context) => {
  const words = context.argv.slice(1);
  let newline = true;
  let escapes = false;
  while (words[0] !== undefined && /^-[neE]+$/.test(words[0])) {
    const flags = words.shift() ?? '';
    if (flags.includes('n')) newline = false;
    if (/[eE]/.test(flags)) escapes = flags.lastIndexOf('e') > flags.lastIndexOf('E');
  }
  return print(context, words, newline, escapes);
};

/** dash's echo reads escapes without being asked, and knows only `-n`. */
export const dashEchoProgram: Program = (context) => {
  const newline = context.argv[1] !== '-n';
  return print(context, context.argv.slice(newline ? 1 : 2), newline, true);
};

export const echo: Utility = {
  names: ['echo'],
  summary: 'Print arguments to stdout',
  usage: '[-neE] [ARG]...',
  run: (call) => echoProgram(call.context),
};
