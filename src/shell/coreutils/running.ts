/** Utilities that run others or help scripts: `timeout`, `nohup`, `nice`, `time`, `watch`, `which`, `mktemp`, `history`, `envsubst`, `getopt`, `sysctl`, `su`, `setsid`. */
import { type Process, sleep, suspend } from '../../process/process.ts';
import { fork } from '../../process/task.ts';
import { type ExitStatus, SpawnError } from '../context.ts';
import { FileSystemError } from '../file-system.ts';
import { absolutePath } from '../path.ts';
import { CollectingWriter, readAll, writeText } from '../streams.ts';
import { decode, encode } from '../text.ts';
import { readPasswd } from '../users.ts';
import { formatTime } from './dates.ts';
import { parseSignal } from './kill.ts';
import { parseDuration } from './sleep.ts';
import { runProgram } from './small.ts';
import { type Call, reasonOf, type Utility, UtilityError } from './utility.ts';

/** Starts a program as a child; says why when it cannot. */
function* start(
  call: Call,
  argv: readonly string[],
): Process<ReturnType<Call['context']['processes']['spawn']> | undefined> {
  try {
    return call.context.processes.spawn({ argv });
  } catch (error) {
    if (!(error instanceof SpawnError)) throw error;
    yield* call.error(
      `can't execute '${argv[0]}': ${error.code === 'ENOENT' ? 'No such file or directory' : 'Permission denied'}`,
      error.code === 'ENOENT' ? 127 : 126,
    );
    return undefined;
  }
}

export const timeout: Utility = {
  names: ['timeout'],
  summary: 'Run PROG. Send SIG to it if it is not gone in SECS seconds',
  usage: '[-s SIG] [-k KILL_SECS] SECS PROG ARGS',
  options: 's:k:t:p',
  stopAtOperand: true,
  long: { signal: 's', 'kill-after': 'k', 'preserve-status': 'p' },
  *run(call) {
    const [limit = '', ...argv] = call.has('t') ? [call.value('t') ?? '', ...call.args] : call.args;
    const ms = parseDuration(limit);
    if (ms === undefined) throw new UtilityError(`invalid number '${limit}'`, 125);
    const signal = parseSignal(call.value('s') ?? 'TERM');
    if (!signal) throw new UtilityError(`bad signal name '${call.value('s')}'`, 125);
    const child = yield* start(call, argv);
    if (!child) return call.status;
    const waiting = yield* fork(child.wait());
    const timer = yield* fork(sleep(ms));
    const status = yield* suspend<ExitStatus | undefined>((resume) => {
      waiting.onSettled((outcome) => resume(outcome.kind === 'returned' ? outcome.value : { code: 137 }));
      timer.onSettled((outcome) => outcome.kind === 'returned' && resume(undefined));
    });
    timer.kill();
    if (status) return status.code;
    child.kill(signal);
    const grace = parseDuration(call.value('k') ?? '');
    if (grace !== undefined) {
      const killer = yield* fork(
        (function* () {
          yield* sleep(grace);
          child.kill('SIGKILL');
        })(),
      );
      const last = yield* child.wait();
      killer.kill();
      return last.signal === 'SIGKILL' ? 137 : 124;
    }
    const last = yield* child.wait();
    return call.has('p')
      ? last.code
      : last.signal === 'SIGKILL'
        ? 137
        : call.context.argv[0]?.endsWith('timeout')
          ? 124
          : 143;
  },
};

const passThrough = (names: readonly string[], summary: string, options: string): Utility => ({
  names,
  summary,
  usage: 'PROG ARGS',
  options,
  stopAtOperand: true,
  run: (call) => runProgram(call, call.args),
});
export const nohup = passThrough(['nohup'], 'Run PROG immune to hangups', '');
export const nice = passThrough(
  ['nice', 'setsid', 'stdbuf', 'ionice', 'tini', 'dumb-init'],
  'Run PROG with changed scheduling',
  'n:o:e:i:c:gsv',
);

export const watch: Utility = {
  names: ['watch'],
  summary: 'Run PROG periodically',
  usage: '[-n SEC] [-t] PROG ARGS',
  options: 'n:tdceg',
  long: { interval: 'n', 'no-title': 't', differences: 'd', color: 'c', errexit: 'e', chgexit: 'g' },
  stopAtOperand: true,
  *run(call) {
    const seconds = Number(call.value('n') ?? 2);
    const command = call.args.join(' ');
    for (;;) {
      const output = new CollectingWriter();
      const child = call.context.processes.spawn({ argv: ['sh', '-c', command], stdout: output, stderr: output });
      yield* child.wait();
      const columns = call.context.tty?.columns ?? 80;
      const rows = call.context.tty?.rows ?? 24;
      const title = `Every ${seconds.toFixed(1)}s: ${command}`;
      const clock = formatTime('%Y-%m-%d %H:%M:%S', call.context.now());
      const head = call.has('t')
        ? ''
        : `${title.slice(0, columns - clock.length - 1).padEnd(columns - clock.length)}${clock}\n\n`;
      const body = output
        .text()
        .split('\n')
        .slice(0, rows - (call.has('t') ? 1 : 3))
        .join('\n');
      yield* call.out(`\x1b[H\x1b[J${head}${body}`.replace(/\n/g, '\r\n'));
      yield* sleep(seconds * 1000);
    }
  },
};

export const which: Utility = {
  names: ['which'],
  summary: 'Locate COMMAND',
  usage: '[-a] COMMAND...',
  options: 'a',
  *run(call) {
    const { fs, env, cwd } = call.context;
    for (const name of call.args) {
      const paths = name.includes('/')
        ? [name]
        : (env.get('PATH') ?? '/usr/bin:/bin').split(':').map((directory) => `${directory || '.'}/${name}`);
      const found = paths.filter(
        (path) => fs.exists(absolutePath(cwd, path)) && (fs.stat(absolutePath(cwd, path)).mode & 0o111) !== 0,
      );
      if (found.length === 0) call.status = 1;
      for (const path of call.has('a') ? found : found.slice(0, 1)) yield* call.out(`${path}\n`);
    }
    return 0;
  },
};

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

export const mktemp: Utility = {
  names: ['mktemp'],
  summary: 'Create a temporary file with name based on TEMPLATE and print its name',
  usage: '[-dt] [-p DIR] [TEMPLATE]',
  options: 'dtqup:',
  long: { directory: 'd', tmpdir: 'p' },
  *run(call) {
    const directory = call.value('p') ?? call.context.env.get('TMPDIR') ?? '/tmp';
    const template = call.args[0] ?? `${directory}/tmp.XXXXXX`;
    if (!template.endsWith('XXXXXX')) throw new UtilityError(`${template}: Invalid argument`);
    const name = template.replace(/X+$/, (run) =>
      Array.from(run, () => letters.charAt(Math.floor(call.context.random() * letters.length))).join(''),
    );
    const path = call.has('t') || (call.has('p') && call.args[0] !== undefined) ? `${directory}/${name}` : name;
    if (call.has('d')) call.context.fs.mkdir(call.path(path), { mode: 0o700 });
    else if (!call.has('u')) call.context.fs.writeFile(call.path(path), new Uint8Array(0), { mode: 0o600 });
    yield* call.out(`${path}\n`);
    return 0;
  },
};

export const history: Utility = {
  names: ['history'],
  summary: 'Show the commands that were entered',
  usage: '[N]',
  *run(call) {
    const lines = call.context.powers.get('history');
    if (!Array.isArray(lines)) return 0;
    const count = Number(call.args[0] ?? lines.length);
    for (const [index, line] of lines.entries())
      if (index >= lines.length - count) yield* call.out(`${String(index + 1).padStart(5)}  ${String(line)}\n`);
    return 0;
  },
};

export const envsubst: Utility = {
  names: ['envsubst'],
  summary: 'Substitute environment variables in text',
  usage: '[SHELL-FORMAT]',
  *run(call) {
    const only =
      call.args[0] === undefined
        ? undefined
        : new Set([...call.args[0].matchAll(/\$\{?(\w+)\}?/g)].map((match) => match[1]));
    const text = decode(yield* readAll(call.context.stdin));
    yield* call.out(
      text.replace(/\$\{([A-Za-z_]\w*)\}|\$([A-Za-z_]\w*)/g, (whole, braced?: string, plain?: string) => {
        const name = braced ?? plain ?? '';
        return only && !only.has(name) ? whole : (call.context.env.get(name) ?? '');
      }),
    );
    return 0;
  },
};

export const sysctl: Utility = {
  names: ['sysctl'],
  summary: 'Show/set kernel parameters at runtime',
  usage: '[-enq] KEY[=VALUE]...',
  options: 'enqwap',
  *run(call) {
    for (const word of call.args) {
      const [key = '', ...rest] = word.split('=');
      const value = rest.length > 0 ? rest.join('=') : undefined;
      const path = `/proc/sys/${key.replace(/\./g, '/')}`;
      const { fs } = call.context;
      if (!fs.exists(path)) yield* call.error(`error: '${path}' does not exist`);
      else if (value !== undefined) {
        try {
          fs.writeFile(path, encode(`${value}\n`));
        } catch (error) {
          if (!(error instanceof FileSystemError)) throw error;
          yield* call.error(`error setting key '${key}': ${reasonOf(error)}`);
          continue;
        }
        if (!call.has('q')) yield* call.out(`${key} = ${value}\n`);
      } else
        yield* call.out(call.has('n') ? decode(fs.readFile(path)) : `${key} = ${decode(fs.readFile(path)).trim()}\n`);
    }
    return 0;
  },
};

export const su: Utility = {
  names: ['su', 'gosu', 'su-exec', 'sudo', 'setpriv', 'runuser'],
  summary: 'Run a program as another user',
  usage: 'USER [PROG ARGS]',
  *run(call) {
    const words = call.args.filter((word) => !/^-[lpE]?$|^--/.test(word));
    const switches = call.name !== 'sudo';
    const [name = 'root'] = switches ? words : ['root'];
    const entry = readPasswd(call.context.fs).find(
      (each) => each.name === name.split(':')[0] || String(each.uid) === name.split(':')[0],
    );
    if (!entry) throw new UtilityError(`unknown user ${name}`);
    if (call.context.user.uid !== 0 && call.context.user.uid !== entry.uid)
      throw new UtilityError('must be suid to work properly');
    const rest = switches ? words.slice(1) : words;
    const argv = call.name === 'su' ? ['sh', ...rest] : rest.length === 0 ? ['sh'] : rest;
    const child = call.context.processes.spawn({
      argv,
      user: { uid: entry.uid, gid: entry.gid, groups: [entry.gid], name: entry.name },
    });
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'] as const)
      call.context.onSignal(signal, () => child.kill(signal));
    return (yield* child.wait()).code;
  },
};

export const time: Utility = {
  names: ['time'],
  summary: 'Run PROG, display resource usage when it exits',
  usage: '[-p] PROG ARGS',
  options: 'pv',
  stopAtOperand: true,
  *run(call) {
    const startedAt = call.context.now();
    const child = yield* start(call, call.args);
    const code = child ? (yield* child.wait()).code : call.status;
    const seconds = ((call.context.now() - startedAt) / 1000).toFixed(2);
    yield* writeText(
      call.context.stderr,
      `real\t${Math.floor(Number(seconds) / 60)}m ${(Number(seconds) % 60).toFixed(2)}s\nuser\t0m 0.00s\nsys\t0m 0.00s\n`,
    );
    return code;
  },
};

/** `busybox APPLET …` runs the applet as if it were called by its name. */
export const busybox: Utility = {
  names: ['busybox'],
  summary: 'Many utilities in one',
  usage: '[FUNCTION [ARGUMENTS]...]',
  *run(call) {
    const [applet] = call.args;
    if (applet === undefined) {
      yield* call.out('BusyBox v1.37.0 (simulated) multi-call binary.\n\nUsage: busybox [function [arguments]...]\n');
      return 0;
    }
    try {
      return yield* call.context.exec({ argv: call.args });
    } catch (error) {
      if (!(error instanceof SpawnError)) throw error;
      yield* writeText(call.context.stderr, `${applet}: applet not found\n`);
      return 127;
    }
  },
};
