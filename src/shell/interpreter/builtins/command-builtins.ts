/** `cd`, `pwd`, `type`, `command`, `alias`, `jobs`, `umask`, `ulimit` and the like. */
import type { Process } from '../../../process/process.ts';
import { FileSystemError } from '../../file-system.ts';
import { absolutePath, resolvePath } from '../../path.ts';
import { writeText } from '../../streams.ts';
import { quoteForShell } from '../parameter-expansion.ts';
import type { Builtin, BuiltinHost } from './builtin.ts';
import { findJob, removeJob } from './flow-builtins.ts';

export const cdBuiltin: Builtin = function* (host, words, streams) {
  const { state } = host;
  const target = words.slice(1).filter((word) => !/^-[LPe]$/.test(word) && word !== '--')[0] ?? state.get('HOME') ?? '';
  if (target === '' && words.length === 1) {
    if (state.flavour !== 'bash') return 0;
    yield* host.complain('cd: HOME not set');
    return 1;
  }
  const path = target === '-' ? state.get('OLDPWD') : target;
  if (path === undefined) {
    yield* host.complain('cd: OLDPWD not set');
    return 1;
  }
  const found = findDirectory(host, path);
  const error = changeDirectory(host, found);
  if (error) {
    const text =
      state.flavour === 'bash'
        ? `cd: ${path}: ${error}`
        : state.flavour === 'dash'
          ? `cd: can't cd to ${path}`
          : `cd: can't cd to ${path}: ${error}`;
    yield* host.complain(text);
    return state.flavour === 'dash' ? 2 : 1;
  }
  if (target === '-' || found !== resolvePath(state.context.cwd, path))
    yield* writeText(streams.stdout, `${state.context.cwd}\n`);
  return 0;
};

/** Looks along CDPATH. */
function findDirectory(host: BuiltinHost, path: string): string {
  const { context } = host.state;
  const search = host.state.get('CDPATH');
  if (search && !/^\.{0,2}\//.test(path) && path !== '.' && path !== '..') {
    for (const directory of search.split(':')) {
      const candidate = resolvePath(resolvePath(context.cwd, directory || '.'), path);
      if (directory !== '' && context.fs.exists(candidate)) return candidate;
    }
  }
  return resolvePath(context.cwd, path);
}

function changeDirectory(host: BuiltinHost, path: string): string | undefined {
  const { state } = host;
  const { context } = state;
  try {
    if (context.fs.stat(path).kind !== 'directory') return 'Not a directory';
    context.fs.stat(`${path}/.`);
    context.fs.exists(`${path}/x`);
  } catch (error) {
    if (!(error instanceof FileSystemError)) throw error;
    return error.message.slice(0, error.message.lastIndexOf(': '));
  }
  const before = context.cwd;
  context.cwd = path;
  state.set('OLDPWD', before);
  state.export('OLDPWD');
  state.set('PWD', path);
  state.export('PWD');
  return undefined;
}

export const pwdBuiltin: Builtin = function* (host, words, streams) {
  const { context } = host.state;
  yield* writeText(streams.stdout, `${words[1] === '-P' ? context.fs.realpath(context.cwd) : context.cwd}\n`);
  return 0;
};

export const pushdBuiltin: Builtin = function* (host, words, streams) {
  const { state } = host;
  const target = words[1] ?? state.directories.shift();
  if (target === undefined) {
    yield* host.complain('pushd: no other directory');
    return 1;
  }
  const before = state.context.cwd;
  const error = changeDirectory(host, resolvePath(before, target));
  if (error) {
    yield* host.complain(`pushd: ${target}: ${error}`);
    return 1;
  }
  state.directories.unshift(before);
  return yield* dirsBuiltin(host, words, streams);
};
export const popdBuiltin: Builtin = function* (host, words, streams) {
  const target = host.state.directories.shift();
  if (target === undefined) {
    yield* host.complain('popd: directory stack empty');
    return 1;
  }
  changeDirectory(host, target);
  return yield* dirsBuiltin(host, words, streams);
};
export const dirsBuiltin: Builtin = function* (host, _words, streams) {
  yield* writeText(streams.stdout, `${[host.state.context.cwd, ...host.state.directories].join(' ')}\n`);
  return 0;
};

const keywords = new Set([
  'if',
  'then',
  'else',
  'elif',
  'fi',
  'for',
  'while',
  'until',
  'do',
  'done',
  'case',
  'esac',
  'in',
  '{',
  '}',
  '!',
  '[[',
  ']]',
  'function',
  'time',
]);

/** What a name would run. */
export interface Lookup {
  readonly kind: 'alias' | 'keyword' | 'function' | 'builtin' | 'file' | 'none';
  readonly text: string;
}

/** Makes `type` and `command`, which must know the builtins. */
export function makeLookupBuiltins(isBuiltin: (name: string, host: BuiltinHost) => boolean): {
  type: Builtin;
  command: Builtin;
} {
  const lookup = (host: BuiltinHost, name: string): Lookup => {
    const alias = host.state.aliases.get(name);
    if (alias !== undefined) return { kind: 'alias', text: alias };
    if (keywords.has(name)) return { kind: 'keyword', text: name };
    if (host.state.functions.has(name)) return { kind: 'function', text: name };
    if (isBuiltin(name, host)) return { kind: 'builtin', text: name };
    const file = findOnPath(host, name);
    return file === undefined ? { kind: 'none', text: '' } : { kind: 'file', text: file };
  };
  return {
    *type(host, words, streams) {
      let status = 0;
      for (const name of words.slice(1).filter((word) => !/^-[tapPf]+$/.test(word))) {
        const found = lookup(host, name);
        if (found.kind === 'none') status = host.state.flavour === 'bash' ? 1 : 127;
        if (words[1] === '-t') {
          if (found.kind !== 'none') yield* writeText(streams.stdout, `${found.kind}\n`);
        } else if (found.kind === 'none' && host.state.flavour === 'bash')
          yield* host.complain(`type: ${name}: not found`);
        else yield* writeText(streams.stdout, `${describe(host, name, found)}\n`);
      }
      return status;
    },
    *command(host, words, streams) {
      const flag = words.slice(1).find((word) => /^-[vVp]+$/.test(word));
      const rest = words.slice(1).filter((word) => word !== flag && word !== '--');
      if (!flag || flag === '-p') return rest.length === 0 ? 0 : yield* host.runWords(rest);
      let status = 0;
      for (const name of rest) {
        const found = lookup(host, name);
        if (found.kind === 'none') {
          status = host.state.flavour === 'bash' ? 1 : 127;
          if (flag === '-V') yield* writeText(streams.stdout, `${name}: not found\n`);
        } else if (flag === '-V') yield* writeText(streams.stdout, `${describe(host, name, found)}\n`);
        else
          yield* writeText(
            streams.stdout,
            `${found.kind === 'alias' ? `alias ${name}=${quoteForShell(found.text, true)}` : found.kind === 'file' ? found.text : name}\n`,
          );
      }
      return status;
    },
  };
}

function describe(host: BuiltinHost, name: string, found: Lookup): string {
  const bash = host.state.flavour === 'bash';
  switch (found.kind) {
    case 'alias':
      return bash ? `${name} is aliased to \`${found.text}'` : `${name} is an alias for ${found.text}`;
    case 'keyword':
      return `${name} is a shell keyword`;
    case 'function':
      return bash ? `${name} is a function` : `${name} is a shell function`;
    case 'builtin':
      return `${name} is a shell builtin`;
    case 'file':
      return `${name} is ${found.text}`;
    default:
      return `${name}: not found`;
  }
}

/** The file that a command name runs. */
export function findOnPath(host: BuiltinHost, name: string): string | undefined {
  const { context } = host.state;
  const executable = (path: string) => {
    try {
      const stat = context.fs.stat(path);
      return stat.kind === 'file' && (stat.mode & 0o111) !== 0;
    } catch {
      return false;
    }
  };
  if (name.includes('/')) return executable(absolutePath(context.cwd, name)) ? name : undefined;
  return (host.state.get('PATH') ?? '')
    .split(':')
    .map((directory) => `${directory || '.'}/${name}`)
    .find((path) => executable(absolutePath(context.cwd, path)));
}

export const aliasBuiltin: Builtin = function* (host, words, streams) {
  const { aliases } = host.state;
  const prefix = host.state.flavour === 'bash' ? 'alias ' : '';
  let status = 0;
  const args = words.slice(1).filter((word) => word !== '-p');
  if (args.length === 0) {
    for (const name of [...aliases.keys()].sort())
      yield* writeText(streams.stdout, `${prefix}${name}=${quoteForShell(aliases.get(name) ?? '', true)}\n`);
  }
  for (const word of args) {
    const equals = word.indexOf('=');
    const text = aliases.get(word);
    if (equals > 0) aliases.set(word.slice(0, equals), word.slice(equals + 1));
    else if (text !== undefined) yield* writeText(streams.stdout, `${prefix}${word}=${quoteForShell(text, true)}\n`);
    else {
      yield* host.complain(`alias: ${word}: not found`);
      status = 1;
    }
  }
  return status;
};
export const unaliasBuiltin: Builtin = function* (host, words) {
  if (words[1] === '-a') host.state.aliases.clear();
  let status = 0;
  for (const name of words.slice(1)) if (name !== '-a' && !host.state.aliases.delete(name)) status = 1;
  return status;
};

export const jobsBuiltin: Builtin = function* (host, words, streams) {
  const { jobs } = host.state;
  for (const job of [...jobs]) {
    const sign = job === jobs[jobs.length - 1] ? '+' : job === jobs[jobs.length - 2] ? '-' : ' ';
    if (words[1] === '-p') yield* writeText(streams.stdout, `${job.pid}\n`);
    else
      yield* writeText(
        streams.stdout,
        `[${job.id}]${sign}  ${jobState(job.status).padEnd(24)}${job.source}${job.status === undefined ? ' &' : ''}\n`,
      );
    if (job.status !== undefined) removeJob(host, job);
  }
  return 0;
};

/** What `jobs` says of a job. */
export function jobState(status: number | undefined): string {
  if (status === undefined) return 'Running';
  if (status === 0) return 'Done';
  if (status === 143) return 'Terminated';
  return status === 137 ? 'Killed' : `Done(${status})`;
}

export const foregroundBuiltin: Builtin = function* (host, words, streams) {
  const job = findJob(host, words[1] ?? '%%');
  if (!job) {
    yield* host.complain(`fg: ${words[1] ?? 'current'}: no such job`);
    return 1;
  }
  yield* writeText(streams.stdout, `${job.source}\n`);
  host.state.context.tty?.setForeground(job.pid);
  try {
    const status = yield* host.waitFor(job);
    removeJob(host, job);
    return status;
  } finally {
    host.state.context.tty?.setForeground(host.state.context.pid);
  }
};

export const umaskBuiltin: Builtin = function* (host, words, streams): Process<number> {
  const { state } = host;
  const [, value] = words;
  if (value === undefined) yield* writeText(streams.stdout, `${state.umask.toString(8).padStart(4, '0')}\n`);
  else if (value === '-S') {
    const letters = (bits: number) => `${bits & 4 ? 'r' : ''}${bits & 2 ? 'w' : ''}${bits & 1 ? 'x' : ''}`;
    const allowed = ~state.umask;
    yield* writeText(streams.stdout, `u=${letters(allowed >> 6)},g=${letters(allowed >> 3)},o=${letters(allowed)}\n`);
  } else if (/^[0-7]+$/.test(value)) state.umask = Number.parseInt(value, 8) & 0o777;
  else {
    yield* host.complain(`umask: Illegal mode: ${value}`);
    return 1;
  }
  return 0;
};

export const ulimitBuiltin: Builtin = function* (_host, words, streams) {
  const [, flag = '-f'] = words;
  if (words.length > 2) return 0;
  yield* writeText(streams.stdout, `${flag === '-n' ? '1048576' : flag === '-s' ? '8192' : 'unlimited'}\n`);
  return 0;
};

export const hashBuiltin: Builtin = function* () {
  return 0;
};
export const shoptBuiltin: Builtin = function* (host, words) {
  const on = words.includes('-s');
  for (const word of words.slice(1)) {
    if (word.startsWith('-')) continue;
    if (on) host.state.options.add(word);
    else if (words.includes('-u')) host.state.options.delete(word);
    else return host.state.options.has(word) ? 0 : 1;
  }
  return 0;
};
export const timesBuiltin: Builtin = function* (_host, _words, streams) {
  yield* writeText(streams.stdout, '0m0.000s 0m0.000s\n0m0.000s 0m0.000s\n');
  return 0;
};
