/** Utilities of a line or two: `true`, `false`, `yes`, `seq`, `date`, `env`, `printenv`, `uname`, `hostname`, `nproc`, `clear`, `sync`, `tty`, `arch`, `logname`. */
import { type Process, sleep } from '../../process/process.ts';
import { SpawnError } from '../context.ts';
import { formatTime } from './dates.ts';
import { formatWords, general } from './printf.ts';
import { type Call, type Utility, UtilityError } from './utility.ts';

const constant = (name: string, summary: string, status: number): Utility => ({
  names: [name],
  summary,
  usage: '',
  *run() {
    return status;
  },
});
export const trueUtility = constant('true', 'Return an exit code of TRUE (0)', 0);
export const falseUtility = constant('false', 'Return an exit code of FALSE (1)', 1);
export const sync = constant('sync', 'Write all buffered blocks to disk', 0);

export const yes: Utility = {
  names: ['yes'],
  summary: 'Repeatedly print a line with STRING',
  usage: '[STRING]',
  *run(call) {
    const block = `${call.args.length === 0 ? 'y' : call.args.join(' ')}\n`.repeat(512);
    call.context.use?.({ cpuMilli: 1000 });
    for (;;) {
      yield* call.out(block);
      yield* sleep(10);
    }
  },
};

export const seq: Utility = {
  names: ['seq'],
  summary: 'Print numbers from FIRST to LAST, in steps of INC',
  usage: '[-w] [-s SEP] [FIRST [INC]] LAST',
  *run(call) {
    const words = [...call.args];
    let separator = '\n';
    let equalWidth = false;
    let format: string | undefined;
    while (/^-[wsf]/.test(words[0] ?? '')) {
      const word = words.shift() ?? '';
      if (word.startsWith('-s')) separator = word.slice(2) || (words.shift() ?? '');
      else if (word.startsWith('-f')) format = word.slice(2) || words.shift();
      else equalWidth = true;
    }
    const bad = words.find((word) => !/^[-+]?\d*\.?\d+(e[-+]?\d+)?$/i.test(word));
    if (bad !== undefined) throw new UtilityError(`invalid number '${bad}'`);
    const numbers = words.map(Number);
    const [first, step, last] =
      numbers.length === 1
        ? [1, 1, numbers[0] ?? 0]
        : numbers.length === 2
          ? [numbers[0] ?? 1, 1, numbers[1] ?? 0]
          : [numbers[0] ?? 1, numbers[1] ?? 1, numbers[2] ?? 0];
    if (words.length === 0) throw new UtilityError('missing operand');
    const digits = Math.max(...words.map((word) => word.split('.')[1]?.length ?? 0));
    const out: string[] = [];
    for (let index = 0; ; index++) {
      const value = first + index * step;
      if (step === 0 || (step > 0 ? value > last + 1e-9 : value < last - 1e-9)) break;
      out.push(format === undefined ? value.toFixed(digits) : formatWords(format, [general(value, 12)]).text);
    }
    const width = equalWidth ? Math.max(...out.map((text) => text.length)) : 0;
    const shown = out.map((text) =>
      text.startsWith('-') ? `-${text.slice(1).padStart(width - 1, '0')}` : text.padStart(width, '0'),
    );
    if (shown.length > 0) yield* call.out(`${shown.join(separator)}\n`);
    return 0;
  },
};

export const date: Utility = {
  names: ['date'],
  summary: 'Display time (using +FMT)',
  usage: '[OPTIONS] [+FMT]',
  options: 'uRd:I::s:r:D:',
  long: { utc: 'u', date: 'd', 'rfc-2822': 'R', 'iso-8601': 'I' },
  *run(call) {
    const given = call.value('d');
    const time = given === undefined ? call.context.now() : parseDate(given, call.context.now());
    if (time === undefined) throw new UtilityError(`invalid date '${given}'`);
    const format = call.args.find((arg) => arg.startsWith('+'))?.slice(1);
    const standard = call.has('R')
      ? '%a, %d %b %Y %H:%M:%S %z'
      : call.has('I')
        ? isoFormat(call.value('I') ?? '')
        : '%a %b %e %H:%M:%S %Z %Y';
    yield* call.out(`${formatTime(format ?? standard, time)}\n`);
    return 0;
  },
};

/** `-I`, `-Ihours`, `-Iminutes`, `-Iseconds`. */
function isoFormat(precision: string): string {
  const time = { hours: 'T%H', minutes: 'T%H:%M', seconds: 'T%H:%M:%S' }[precision];
  return time === undefined ? '%Y-%m-%d' : `%Y-%m-%d${time}+00:00`;
}

function parseDate(text: string, now: number): number | undefined {
  if (text.startsWith('@')) return Number(text.slice(1)) * 1000;
  if (text === 'now') return now;
  const relative = /^([-+]?\d+) (second|minute|hour|day|week)s?( ago)?$/.exec(text);
  if (relative) {
    const size = { second: 1, minute: 60, hour: 3600, day: 86_400, week: 604_800 }[relative[2] as 'second'];
    return now + Number(relative[1]) * size * 1000 * (relative[3] ? -1 : 1);
  }
  const parsed = Date.parse(
    /[Zz]|[-+]\d\d:?\d\d$|T/.test(text) ? text : `${text.replace(' ', 'T')}${text.includes(':') ? 'Z' : ''}`,
  );
  return Number.isNaN(parsed) ? undefined : parsed;
}

export const env: Utility = {
  names: ['env'],
  summary: 'Print current environment or run PROG after setting up environment',
  usage: '[-i0] [-u NAME]... [NAME=VALUE]... [PROG ARGS]',
  options: 'i0u:',
  stopAtOperand: true,
  long: { 'ignore-environment': 'i', unset: 'u' },
  *run(call) {
    const variables = new Map(call.has('i') || call.args[0] === '-' ? [] : call.context.env);
    for (const name of call.values('u')) variables.delete(name);
    let at = call.args[0] === '-' ? 1 : 0;
    for (; at < call.args.length; at++) {
      const match = /^([^=]+)=([\s\S]*)$/.exec(call.args[at] ?? '');
      if (!match) break;
      variables.set(match[1] ?? '', match[2] ?? '');
    }
    const argv = call.args.slice(at);
    if (argv.length > 0) return yield* runProgram(call, argv, variables);
    let text = '';
    for (const [name, value] of variables) text += `${name}=${value}${call.has('0') ? '\0' : '\n'}`;
    yield* call.out(text);
    return 0;
  },
};

/** Puts a program in the place of the utility; says why when it cannot. */
export function* runProgram(
  call: Call,
  argv: readonly string[],
  variables: ReadonlyMap<string, string> = call.context.env,
): Process<number> {
  try {
    return yield* call.context.exec({ argv, env: variables });
  } catch (error) {
    if (!(error instanceof SpawnError)) throw error;
    yield* call.error(
      `can't execute '${argv[0]}': ${error.code === 'ENOENT' ? 'No such file or directory' : 'Permission denied'}`,
    );
    return error.code === 'ENOENT' ? 127 : 126;
  }
}

export const printenv: Utility = {
  names: ['printenv'],
  summary: 'Print environment VARIABLEs',
  usage: '[VARIABLE]...',
  options: '0',
  *run(call) {
    const { env: variables } = call.context;
    let text = '';
    for (const name of call.args.length === 0 ? variables.keys() : call.args) {
      const value = variables.get(name);
      if (value === undefined) call.status = 1;
      else text += call.args.length === 0 ? `${name}=${value}\n` : `${value}\n`;
    }
    yield* call.out(text);
    return 0;
  },
};

export const uname: Utility = {
  names: ['uname'],
  summary: 'Print system information',
  usage: '[-amnrspvio]',
  options: 'amnrspvio',
  long: { all: 'a' },
  *run(call) {
    const parts: readonly (readonly [string, string])[] = [
      ['s', 'Linux'],
      ['n', call.context.hostname],
      ['r', '6.12.0'],
      ['v', '#1 SMP PREEMPT_DYNAMIC'],
      ['m', 'x86_64'],
      ['o', 'GNU/Linux'],
    ];
    const shown = parts.filter(
      ([flag]) => call.has('a') || call.has(flag) || (flag === 'm' && (call.has('p') || call.has('i'))),
    );
    yield* call.out(`${(shown.length === 0 ? ['Linux'] : shown.map(([, text]) => text)).join(' ')}\n`);
    return 0;
  },
};

export const arch: Utility = {
  names: ['arch'],
  summary: 'Print system architecture',
  usage: '',
  *run(call) {
    yield* call.out('x86_64\n');
    return 0;
  },
};

export const hostname: Utility = {
  names: ['hostname'],
  summary: 'Show hostname or DNS domain name or IP addresses',
  usage: '[-sidf]',
  options: 'sidfIA',
  *run(call) {
    const { network, hostname: name } = call.context;
    if (call.args[0] !== undefined) {
      yield* call.error('sethostname: Operation not permitted');
      return 1;
    }
    const addresses = network?.interfaces.filter((each) => each.name !== 'lo').flatMap((each) => each.addresses) ?? [];
    const text =
      call.has('i') || call.has('I') ? `${addresses.join(' ')}${call.has('I') ? ' ' : ''}` : call.has('d') ? '' : name;
    yield* call.out(`${text}\n`);
    return 0;
  },
};

export const nproc: Utility = {
  names: ['nproc'],
  summary: 'Print number of available CPUs',
  usage: '',
  options: '',
  long: { all: 'a' },
  *run(call) {
    yield* call.out('4\n');
    return 0;
  },
};

export const clear: Utility = {
  names: ['clear', 'reset'],
  summary: 'Clear screen',
  usage: '',
  *run(call) {
    yield* call.out('\x1b[H\x1b[J');
    return 0;
  },
};

export const tty: Utility = {
  names: ['tty'],
  summary: "Print file name of stdin's terminal",
  usage: '[-s]',
  options: 's',
  *run(call) {
    yield* call.out(call.context.tty ? '/dev/pts/0\n' : 'not a tty\n');
    return call.context.tty ? 0 : 1;
  },
};
