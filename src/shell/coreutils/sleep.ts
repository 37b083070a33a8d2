import { sleep as pause, suspend } from '../../process/process.ts';
import { type Utility, UtilityError } from './utility.ts';

const units: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400 };

/** Milliseconds of `5`, `1.5m`, `2h`; Infinity for `infinity`. */
export function parseDuration(text: string): number | undefined {
  if (/^inf(inity)?$/i.test(text)) return Number.POSITIVE_INFINITY;
  const match = /^(\d*\.?\d+|\d+\.)([smhd]?)$/.exec(text);
  return match ? Number(match[1]) * (units[match[2] ?? ''] ?? 1) * 1000 : undefined;
}

export const sleep: Utility = {
  names: ['sleep'],
  summary:
    'Pause for a time equal to the total of the args given, where each arg can have an optional suffix of (s)econds, (m)inutes, (h)ours, or (d)ays',
  usage: '[N]...',
  options: '',
  *run(call) {
    let total = 0;
    for (const arg of call.args) {
      const ms = parseDuration(arg);
      if (ms === undefined) throw new UtilityError(`invalid number '${arg}'`);
      total += ms;
    }
    if (call.args.length === 0) throw new UtilityError('missing operand');
    if (Number.isFinite(total)) yield* pause(total);
    else yield* suspend<void>(() => undefined);
    return 0;
  },
};

export const usleep: Utility = {
  names: ['usleep'],
  summary: 'Pause for N microseconds',
  usage: 'N',
  options: '',
  *run(call) {
    const count = Number(call.args[0]);
    if (!Number.isFinite(count)) throw new UtilityError(`invalid number '${call.args[0] ?? ''}'`);
    yield* pause(count / 1000);
    return 0;
  },
};
