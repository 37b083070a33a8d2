/** `ps`, `pidof`, `pgrep`, `pkill`, `killall`, `top`, `uptime`, `free`. */
import { type Process, sleep } from '../../process/process.ts';
import type { ProcessInfo } from '../context.ts';
import { FileSystemError } from '../file-system.ts';
import { baseName } from '../path.ts';
import { decode } from '../text.ts';
import { formatTime } from './dates.ts';
import { humanSize } from './file-mode.ts';
import { parseSignal } from './kill.ts';
import { type Call, type Utility, UtilityError } from './utility.ts';

const shownCommand = (info: ProcessInfo) => info.argv.join(' ');

/** busybox's, which takes other programs' options and ignores them. */
export const ps: Utility = {
  names: ['ps'],
  summary: 'Show list of processes',
  usage: '[-o COL1,COL2=HEADER] [-T]',
  *run(call) {
    const rows = call.context.processes.list();
    const columns = columnsOf(call);
    if (columns !== undefined) yield* custom(call, columns, rows);
    else yield* short(call, rows);
    return 0;
  },
};

/** That of procps, which full distributions have. */
export const procpsPs: Utility = {
  names: ['ps-procps'],
  summary: 'Report a snapshot of the current processes',
  usage: '[options]',
  *run(call) {
    const words = call.args.join(' ');
    const rows = call.context.processes.list();
    const columns = columnsOf(call);
    if (columns !== undefined) yield* custom(call, columns, rows);
    else if (/(?:^| )-?\w*(?:aux|ef)\w*/.test(words)) yield* long(call, rows, words.includes('ef'));
    else yield* short(call, rows);
    return 0;
  },
};

const columnsOf = (call: Call): readonly string[] | undefined =>
  /-o\s*(\S+)/.exec(call.args.join(' '))?.[1]?.split(',');

function* short(call: Call, rows: readonly ProcessInfo[]): Process<void> {
  let text = 'PID   USER     TIME  COMMAND\n';
  for (const row of rows)
    text += `${String(row.pid).padStart(5)} ${row.user.slice(0, 8).padEnd(8)}  0:00 ${shownCommand(row)}\n`;
  yield* call.out(text);
}

function* long(call: Call, rows: readonly ProcessInfo[], parents: boolean): Process<void> {
  let text = parents
    ? 'UID          PID    PPID  C STIME TTY          TIME CMD\n'
    : 'USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\n';
  for (const row of rows) {
    const start = formatTime('%H:%M', row.startedAt);
    const kib = Math.round(row.memoryBytes / 1024);
    text += parents
      ? `${row.user.padEnd(8)} ${String(row.pid).padStart(7)} ${String(row.ppid).padStart(7)}  0 ${start} ?        00:00:00 ${shownCommand(row)}\n`
      : `${row.user.padEnd(8)} ${String(row.pid).padStart(7)} ${(row.cpuMilli / 10).toFixed(1).padStart(4)}  0.0 ${String(kib * 2).padStart(6)} ${String(kib).padStart(5)} ?        Ss   ${start}   0:00 ${shownCommand(row)}\n`;
  }
  yield* call.out(text);
}

function* custom(call: Call, columns: readonly string[], rows: readonly ProcessInfo[]): Process<void> {
  const value = (row: ProcessInfo, column: string): string => {
    switch (column) {
      case 'pid':
        return String(row.pid);
      case 'ppid':
        return String(row.ppid);
      case 'pgid':
        return String(row.group);
      case 'user':
        return row.user;
      case 'comm':
        return baseName(row.argv[0] ?? '');
      case 'rss':
        return String(Math.round(row.memoryBytes / 1024));
      case 'vsz':
        return String(Math.round(row.memoryBytes / 512));
      case 'time':
        return '0:00';
      case 'stat':
        return 'S';
      case 'etime':
        return formatTime('%M:%S', call.context.now() - row.startedAt);
      default:
        return shownCommand(row);
    }
  };
  const heads = columns.map(
    (column) => column.split('=')[1] ?? (column === 'args' || column === 'cmd' ? 'COMMAND' : column.toUpperCase()),
  );
  const names = columns.map((column) => column.split('=')[0] ?? '');
  const cells = [heads, ...rows.map((row) => names.map((name) => value(row, name)))];
  const widths = names.map((_, index) => Math.max(...cells.map((row) => row[index]?.length ?? 0)));
  yield* call.out(
    cells
      .map(
        (row) =>
          `${row.map((cell, index) => (index === row.length - 1 ? cell : cell.padEnd(widths[index] ?? 0))).join(' ')}\n`,
      )
      .join(''),
  );
}

const isNamed = (info: ProcessInfo, name: string) => baseName(info.argv[0] ?? '').replace(/:$/, '') === name;

export const pidof: Utility = {
  names: ['pidof'],
  summary: 'List PIDs of all processes with names that match NAMEs',
  usage: '[-s] [NAME]...',
  options: 'so:',
  *run(call) {
    const pids = call.context.processes
      .list()
      .filter((info) => call.args.some((name) => isNamed(info, name)))
      .map((info) => info.pid)
      .reverse();
    if (pids.length === 0) return 1;
    yield* call.out(`${(call.has('s') ? pids.slice(0, 1) : pids).join(' ')}\n`);
    return 0;
  },
};

export const pgrep: Utility = {
  names: ['pgrep', 'pkill'],
  summary: 'Display or signal process(es) selected by regex PATTERN',
  usage: '[-flnovx] [-SIGNAL] PATTERN',
  *run(call) {
    const flags = call.args.filter((word) => word.startsWith('-'));
    const pattern = new RegExp(call.args.find((word) => !word.startsWith('-')) ?? '');
    const letters = flags.filter((flag) => /^-[flnovxa]+$/.test(flag)).join('');
    const signal = flags.map((flag) => parseSignal(flag.slice(1))).find((each) => each !== undefined) ?? 'SIGTERM';
    const found = call.context.processes
      .list()
      .filter(
        (info) =>
          info.pid !== call.context.pid &&
          pattern.test(letters.includes('f') ? shownCommand(info) : baseName(info.argv[0] ?? '')),
      );
    for (const info of found) {
      if (call.name === 'pkill') {
        if (!flags.includes('-0')) call.context.processes.kill(info.pid, signal);
      } else
        yield* call.out(
          `${info.pid}${letters.includes('l') || letters.includes('a') ? ` ${shownCommand(info)}` : ''}\n`,
        );
    }
    return found.length > 0 ? 0 : 1;
  },
};

export const killall: Utility = {
  names: ['killall'],
  summary: 'Send a signal (default: TERM) to given processes',
  usage: '[-lq] [-SIG] NAME...',
  *run(call) {
    const names = call.args.filter((word) => !word.startsWith('-'));
    const signal =
      call.args
        .map((word) => (word.startsWith('-') ? parseSignal(word.slice(1)) : undefined))
        .find((each) => each !== undefined) ?? 'SIGTERM';
    for (const name of names) {
      const found = call.context.processes.list().filter((info) => isNamed(info, name));
      // Signal 0 only asks whether they are there.
      if (!call.args.includes('-0')) for (const info of found) call.context.processes.kill(info.pid, signal);
      if (found.length === 0) yield* call.error(`${name}: no process killed`);
    }
    return 0;
  },
};

/** A number of a kernel file such as `/sys/fs/cgroup/memory.max`. */
function kernelNumber(call: Call, path: string): number | undefined {
  try {
    const value = Number(decode(call.context.fs.readFile(path)).trim());
    return Number.isNaN(value) ? undefined : value;
  } catch (error) {
    if (!(error instanceof FileSystemError)) throw error;
    return undefined;
  }
}

export const free: Utility = {
  names: ['free'],
  summary: 'Display free and used memory',
  usage: '[-bkmgh]',
  options: 'bkmgh',
  *run(call) {
    const total = 8_222_126_080;
    const used = (kernelNumber(call, '/sys/fs/cgroup/memory.current') ?? 200_000_000) + 900_000_000;
    const unit = call.has('b') ? 1 : call.has('m') ? 1_048_576 : call.has('g') ? 2 ** 30 : 1024;
    const cell = (bytes: number) => (call.has('h') ? humanSize(bytes) : String(Math.floor(bytes / unit))).padStart(12);
    yield* call.out(
      `              total        used        free      shared  buff/cache   available\nMem:   ${cell(total)}${cell(used)}${cell(total - used - 2e9)}${cell(1e6)}${cell(2e9)}${cell(total - used)}\nSwap:  ${cell(0)}${cell(0)}${cell(0)}\n`,
    );
    return 0;
  },
};

export const uptime: Utility = {
  names: ['uptime'],
  summary: 'Display the time since the last boot',
  usage: '',
  *run(call) {
    const started = Math.min(...call.context.processes.list().map((info) => info.startedAt));
    const minutes = Math.floor((call.context.now() - started) / 60_000);
    yield* call.out(
      ` ${formatTime('%H:%M:%S', call.context.now())} up ${minutes >= 60 ? `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}` : `${minutes} min`},  0 users,  load average: 0.00, 0.00, 0.00\n`,
    );
    return 0;
  },
};

export const top: Utility = {
  names: ['top'],
  summary: 'Show a view of process activity in real time',
  usage: '[-b] [-n COUNT] [-d SECONDS]',
  options: 'bn:d:H',
  *run(call) {
    const rounds = call.has('n')
      ? call.number('n', 1)
      : call.has('b') && !call.context.tty
        ? Number.POSITIVE_INFINITY
        : Number.POSITIVE_INFINITY;
    if (!call.has('b') && !call.context.tty) throw new UtilityError('no tty');
    for (let round = 0; round < rounds; round++) {
      if (round > 0) yield* sleep(call.number('d', 5) * 1000);
      const rows = [...call.context.processes.list()].sort((a, b) => b.cpuMilli - a.cpuMilli || a.pid - b.pid);
      let text = call.has('b') ? '' : '\x1b[H\x1b[J';
      text +=
        'Mem: 1220284K used, 6809136K free, 1024K shrd, 52312K buff, 1930240K cached\nCPU:   0% usr   0% sys   0% nic 100% idle   0% io   0% irq   0% sirq\nLoad average: 0.00 0.00 0.00 1/120 ' +
        call.context.pid +
        '\n  PID  PPID USER     STAT   VSZ %VSZ CPU %CPU COMMAND\n';
      for (const row of rows)
        text += `${String(row.pid).padStart(5)} ${String(row.ppid).padStart(5)} ${row.user.slice(0, 8).padEnd(8)} S    ${String(Math.round(row.memoryBytes / 1024)).padStart(5)}   0%   0 ${String(Math.round(row.cpuMilli / 10)).padStart(3)}% ${shownCommand(row)}\n`;
      yield* call.out(text);
    }
    return 0;
  },
};
