import { type Process, yieldNow } from '../../process/process.ts';
import { type Signal, signalNumbers } from '../../process/signal.ts';
import type { Program } from '../context.ts';
import { writeText } from '../streams.ts';
import type { Utility } from './utility.ts';

/** The signal of `TERM`, `SIGTERM`, `15`. */
export function parseSignal(word: string): Signal | undefined {
  const upper = word.toUpperCase().replace(/^SIG/, '');
  const found = Object.entries(signalNumbers).find(
    ([name, number]) => name === `SIG${upper}` || String(number) === word,
  );
  return found?.[0] as Signal | undefined;
}

/** `kill`; gives 1 when a process is missing. Signal 0 only asks. */
export const killProgram: Program = function* (context): Process<number> {
  const words = context.argv.slice(1);
  if ((words[0] === '-l' || words[0] === '-L') && words.length > 1) {
    for (const word of words.slice(1)) {
      const signal = parseSignal(word);
      yield* writeText(context.stdout, `${/^\d/.test(word) ? signal?.slice(3) : signal && signalNumbers[signal]}\n`);
    }
    return 0;
  }
  if (words[0] === '-l' || words[0] === '-L') {
    for (const [name, number] of Object.entries(signalNumbers)) {
      yield* writeText(context.stdout, `${String(number).padStart(2)}) ${name.slice(3)}\n`);
    }
    return 0;
  }
  let wanted = 'TERM';
  if (words[0] === '-s' || words[0] === '-n') [, wanted = ''] = words.splice(0, 2);
  else if (/^-./.test(words[0] ?? '') && words[0] !== '--') wanted = (words.shift() ?? '').slice(1);
  if (words[0] === '--') words.shift();
  const signal = parseSignal(wanted);
  if (!signal && wanted !== '0') {
    yield* writeText(context.stderr, `kill: bad signal name '${wanted}'\n`);
    return 1;
  }
  let status = 0;
  for (const word of words) {
    const pid = Number(word);
    if (word === '' || !Number.isInteger(pid)) {
      yield* writeText(context.stderr, `kill: invalid number '${word}'\n`);
      status = 1;
    } else if (
      !(signal ? context.processes.kill(pid, signal) : context.processes.list().some((each) => each.pid === pid))
    ) {
      yield* writeText(context.stderr, `kill: can't kill pid ${word}: No such process\n`);
      status = 1;
    }
  }
  yield* yieldNow();
  return status;
};

export const kill: Utility = {
  names: ['kill'],
  summary: 'Send a signal (default: TERM) to given PIDs',
  usage: '[-l] [-SIG] PID...',
  run: (call) => killProgram(call.context),
};
