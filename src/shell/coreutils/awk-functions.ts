/** The functions that every awk program has. */
import type { Process } from '../../process/process.ts';
import type { ProgramContext } from '../context.ts';
import type { AwkState } from './awk-state.ts';
import type { AwkStreams } from './awk-streams.ts';
import type { AwkExpression } from './awk-syntax.ts';
import { formatOnce, fromInput, splitText, toNumber, toText, type Value } from './awk-values.ts';
import { formatTime } from './dates.ts';
import { UtilityError } from './utility.ts';

/** What functions may ask of the machine that calls them. */
export interface AwkHost {
  readonly context: ProgramContext;
  readonly state: AwkState;
  readonly streams: AwkStreams;
  evaluate(node: AwkExpression): Process<Value>;
  /** The expression that a regex, or the text of a value, means. */
  pattern(node: AwkExpression, flags?: string): Process<RegExp>;
  assignTo(target: AwkExpression, value: Value): Process<void>;
}

/** Gets its arguments unevaluated: some are arrays, places or expressions. */
type AwkFunction = (host: AwkHost, args: readonly AwkExpression[]) => Process<Value>;

function* text(host: AwkHost, node: AwkExpression | undefined): Process<string> {
  return node ? toText(yield* host.evaluate(node)) : '';
}
function* number(host: AwkHost, node: AwkExpression | undefined): Process<number> {
  return node ? toNumber(yield* host.evaluate(node)) : 0;
}
const ofNumber = (calculate: (value: number) => number): AwkFunction =>
  function* (host, [value]) {
    return calculate(yield* number(host, value));
  };

const awkFunctions: Readonly<Record<string, AwkFunction>> = {
  length,
  substr,
  split,
  match,
  sprintf,
  sub: (host, args) => substitute(host, '', args),
  gsub: (host, args) => substitute(host, 'g', args),
  *index(host, [source, part]) {
    return (yield* text(host, source)).indexOf(yield* text(host, part)) + 1;
  },
  *toupper(host, [value]) {
    return (yield* text(host, value)).toUpperCase();
  },
  *tolower(host, [value]) {
    return (yield* text(host, value)).toLowerCase();
  },
  int: ofNumber(Math.trunc),
  sqrt: ofNumber(Math.sqrt),
  exp: ofNumber(Math.exp),
  log: ofNumber(Math.log),
  sin: ofNumber(Math.sin),
  cos: ofNumber(Math.cos),
  *atan2(host, [y, x]) {
    return Math.atan2(yield* number(host, y), yield* number(host, x));
  },
  *rand({ context }) {
    return context.random();
  },
  // Chance comes from the seed of the simulation, which a program cannot set.
  *srand() {
    return 0;
  },
  *systime({ context }) {
    return Math.floor(context.now() / 1000);
  },
  *strftime(host, [format, seconds]) {
    const template = format ? yield* text(host, format) : '%c';
    return formatTime(template, seconds ? (yield* number(host, seconds)) * 1000 : host.context.now());
  },
  *system(host, [command]) {
    const child = host.context.processes.spawn({ argv: ['sh', '-c', yield* text(host, command)] });
    return (yield* child.wait()).code;
  },
  *close(host, [target]) {
    yield* host.streams.close(yield* text(host, target));
    return 0;
  },
  // Writers hold nothing back.
  *fflush() {
    return 0;
  },
};

/** Calls a function by its name. @throws UtilityError when there is none */
export function callAwkFunction(host: AwkHost, name: string, args: readonly AwkExpression[]): Process<Value> {
  const found = Object.hasOwn(awkFunctions, name) ? awkFunctions[name] : undefined;
  if (!found) throw new UtilityError('cmd. line:1: Call to undefined function');
  return found(host, args);
}

function* length(host: AwkHost, [first]: readonly AwkExpression[]): Process<Value> {
  const array = first?.kind === 'variable' ? host.state.arrayIfAny(first.name) : undefined;
  if (array) return array.size;
  return [...(first ? yield* text(host, first) : toText(host.state.getField(0)))].length;
}

function* substr(host: AwkHost, [value, from, count]: readonly AwkExpression[]): Process<Value> {
  const source = yield* text(host, value);
  const start = Math.round(yield* number(host, from));
  const stop = count ? start + Math.round(yield* number(host, count)) : Number.POSITIVE_INFINITY;
  return source.slice(Math.max(0, start - 1), Math.max(0, stop - 1));
}

function* split(host: AwkHost, [value, target, separator]: readonly AwkExpression[]): Process<Value> {
  const source = yield* text(host, value);
  if (target?.kind !== 'variable') throw new UtilityError('cmd. line:1: Not an array');
  const isRegex = separator?.kind === 'regex';
  const pattern = isRegex ? separator.source : separator ? yield* text(host, separator) : host.state.text('FS');
  const parts = splitText(source, pattern, false, isRegex);
  const array = host.state.array(target.name);
  array.clear();
  for (const [index, part] of parts.entries()) array.set(String(index + 1), fromInput(part));
  return parts.length;
}

function* substitute(
  host: AwkHost,
  flags: string,
  [pattern, replacement, target]: readonly AwkExpression[],
): Process<Value> {
  if (!pattern || !replacement) return 0;
  const place: AwkExpression = target ?? { kind: 'field', index: { kind: 'number', value: 0 } };
  const expression = yield* host.pattern(pattern, flags);
  const by = yield* text(host, replacement);
  let count = 0;
  const after = (yield* text(host, place)).replace(expression, (found) => {
    count++;
    return by.replace(/\\\\&|\\&|&/g, (sign) => (sign === '&' ? found : '&'));
  });
  if (count > 0) yield* host.assignTo(place, after);
  return count;
}

function* match(host: AwkHost, [value, pattern]: readonly AwkExpression[]): Process<Value> {
  const source = yield* text(host, value);
  const found = pattern ? (yield* host.pattern(pattern)).exec(source) : null;
  host.state.set('RSTART', found ? found.index + 1 : 0);
  host.state.set('RLENGTH', found ? found[0].length : -1);
  return found ? found.index + 1 : 0;
}

function* sprintf(host: AwkHost, args: readonly AwkExpression[]): Process<Value> {
  const values: string[] = [];
  for (const arg of args) values.push(yield* text(host, arg));
  return formatOnce(values);
}
