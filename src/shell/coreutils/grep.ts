import type { Process } from '../../process/process.ts';
import { FileSystemError } from '../file-system.ts';
import { escapeRegExp, matchesPattern } from '../interpreter/pattern.ts';
import { joinPath } from '../path.ts';
import { LineReader } from '../streams.ts';
import { posixSource } from './posix-regex.ts';
import { type Call, reasonOf, type Utility, UtilityError } from './utility.ts';

interface Matcher {
  readonly expression: RegExp;
  readonly inverted: boolean;
}

export const grep: Utility = {
  names: ['grep', 'egrep', 'fgrep'],
  summary: 'Search for PATTERN in FILEs (or stdin)',
  usage: '[-HhnlLoqvsrRiwFE] [-m N] [-A|B|C N] { PATTERN | -e PATTERN... | -f FILE... } [FILE]...',
  options: 'HhnlLoqvsrRiwxFEGPcm:A:B:C:e:f:ay1:2:3:zbU',
  numeric: 'C',
  long: {
    'extended-regexp': 'E',
    'fixed-strings': 'F',
    'perl-regexp': 'P',
    'ignore-case': 'i',
    'invert-match': 'v',
    'line-number': 'n',
    count: 'c',
    'files-with-matches': 'l',
    'files-without-match': 'L',
    quiet: 'q',
    silent: 'q',
    recursive: 'r',
    'only-matching': 'o',
    'word-regexp': 'w',
    'line-regexp': 'x',
    'no-filename': 'h',
    'with-filename': 'H',
    'max-count': 'm',
    'after-context': 'A',
    'before-context': 'B',
    context: 'C',
    regexp: 'e',
    file: 'f',
    'no-messages': 's',
    color: 'y',
    colour: 'y',
    include: '1',
    exclude: '2',
    'exclude-dir': '3',
    text: 'a',
  },
  *run(call) {
    const files = [...call.args];
    const patterns = call.values('e').flatMap((each) => each.split('\n'));
    for (const file of call.values('f')) patterns.push(...(yield* call.lines([file])));
    if (!call.has('e') && !call.has('f')) {
      const first = files.shift();
      if (first === undefined) throw new UtilityError('no pattern', 2);
      patterns.push(...first.split('\n'));
    }
    const matcher = { expression: compile(call, patterns), inverted: call.has('v') };
    const recursive = call.has('r') || call.has('R');
    const inputs = yield* collect(call, files.length === 0 ? [recursive ? '.' : '-'] : files, recursive);
    const named = call.has('H') || (!call.has('h') && (recursive || files.length > 1));
    let found = false;
    for (const input of inputs) {
      found = (yield* search(call, input, matcher, named)) || found;
      if (found && call.has('q')) return 0;
    }
    if (call.status === 2) return found ? 0 : 2;
    return found ? 0 : 1;
  },
};

function compile(call: Call, patterns: readonly string[]): RegExp {
  const fixed = call.has('F') || call.name === 'fgrep';
  const extended = call.has('E') || call.has('P') || call.name === 'egrep';
  const sources = patterns.map((pattern) =>
    fixed ? escapeRegExp(pattern) : call.has('P') ? pattern : posixSource(pattern, extended),
  );
  const joined = sources.length === 1 ? (sources[0] ?? '') : sources.map((source) => `(?:${source})`).join('|');
  const source = call.has('x') ? `^(?:${joined})$` : call.has('w') ? `(?<!\\w)(?:${joined})(?!\\w)` : joined;
  try {
    return new RegExp(source, `g${call.has('i') || call.has('y') ? 'i' : ''}`);
  } catch {
    throw new UtilityError(`bad regex '${patterns[0]}': Invalid regexp`, 2);
  }
}

function* collect(call: Call, paths: readonly string[], recursive: boolean): Process<string[]> {
  const out: string[] = [];
  const { fs } = call.context;
  for (const path of paths) {
    if (!recursive || path === '-' || !fs.exists(call.path(path)) || fs.stat(call.path(path)).kind !== 'directory')
      out.push(path);
    else walk(path);
  }
  return out;

  function walk(path: string): void {
    for (const name of fs.readdir(call.path(path))) {
      const inner = joinPath(path, name);
      const { kind } = fs.lstat(call.path(inner));
      if (kind === 'directory' && !call.values('3').some((pattern) => matchesPattern(name, pattern))) walk(inner);
      if (kind !== 'file') continue;
      const included = !call.has('1') || call.values('1').some((pattern) => matchesPattern(name, pattern));
      if (included && !call.values('2').some((pattern) => matchesPattern(name, pattern))) out.push(inner);
    }
  }
}

function* search(call: Call, path: string, matcher: Matcher, named: boolean): Process<boolean> {
  const label = path === '-' ? '(standard input)' : path;
  let reader: ReturnType<Call['open']>;
  try {
    reader = call.open(path);
  } catch (error) {
    if (!(error instanceof FileSystemError)) throw error;
    if (call.has('s')) call.status = 2;
    else yield* call.error(`${path}: ${reasonOf(error)}`, 2);
    return false;
  }
  const prefix = (sign: string, line: number) =>
    `${named ? `${label}${sign}` : ''}${call.has('n') ? `${line}${sign}` : ''}`;
  const after = Number(call.value('A') ?? call.value('C') ?? 0);
  const before = Number(call.value('B') ?? call.value('C') ?? 0);
  const limit = call.number('m', Number.POSITIVE_INFINITY);
  const quiet = call.has('q') || call.has('l') || call.has('L') || call.has('c');
  const held: string[] = [];
  const lines = new LineReader(reader);
  let count = 0;
  let number = 0;
  let trailing = 0;
  let lastPrinted = 0;
  for (let line = yield* lines.next(); line !== undefined && count < limit; line = yield* lines.next()) {
    number++;
    matcher.expression.lastIndex = 0;
    if (matcher.expression.test(line) !== matcher.inverted) {
      count++;
      if (call.has('q') || call.has('l')) break;
      if (quiet) continue;
      let text = '';
      matcher.expression.lastIndex = 0;
      if (before + after > 0 && lastPrinted > 0 && number - held.length > lastPrinted + 1) text += '--\n';
      for (const [index, earlier] of held.entries()) text += `${prefix('-', number - held.length + index)}${earlier}\n`;
      held.length = 0;
      if (call.has('o'))
        for (const match of matcher.inverted ? [] : line.matchAll(matcher.expression))
          text += match[0] === '' ? '' : `${prefix(':', number)}${match[0]}\n`;
      else text += `${prefix(':', number)}${line}\n`;
      trailing = after;
      lastPrinted = number;
      yield* call.out(text);
    } else if (trailing > 0) {
      trailing--;
      lastPrinted = number;
      if (!quiet) yield* call.out(`${prefix('-', number)}${line}\n`);
    } else if (before > 0) {
      held.push(line);
      if (held.length > before) held.shift();
    }
  }
  if (call.has('c') && !call.has('q')) yield* call.out(`${named ? `${label}:` : ''}${count}\n`);
  if (call.has('l') && count > 0 && !call.has('q')) yield* call.out(`${label}\n`);
  if (call.has('L') && count === 0) yield* call.out(`${label}\n`);
  return call.has('L') ? count === 0 : count > 0;
}
