/** Semantic versions. Upstream: apiserver/pkg/cel/library/semverlib.go, github.com/blang/semver */
import { overload, type Overload } from '../functions.ts';
import { CelError } from '../issues.ts';
import { CelOpaque } from '../values.ts';

class CelSemver extends CelOpaque {
  readonly typeName = 'kubernetes.Semver';
  readonly numbers: readonly bigint[];
  readonly pre: readonly string[];

  constructor(numbers: readonly bigint[], pre: readonly string[]) {
    super();
    this.numbers = numbers;
    this.pre = pre;
  }

  override equals(other: CelOpaque): boolean {
    return other instanceof CelSemver && compare(this, other) === 0;
  }
}

const isNumber = (text: string): boolean => /^[0-9]+$/.test(text);

function comparePre(a: string, b: string): number {
  if (isNumber(a) && isNumber(b)) return BigInt(a) < BigInt(b) ? -1 : Number(BigInt(a) > BigInt(b));
  if (isNumber(a) !== isNumber(b)) return isNumber(a) ? -1 : 1;
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function compare(a: CelSemver, b: CelSemver): number {
  for (let i = 0; i < 3; i++) {
    const [x = 0n, y = 0n] = [a.numbers[i], b.numbers[i]];
    if (x !== y) return x < y ? -1 : 1;
  }
  if (a.pre.length === 0 || b.pre.length === 0)
    return Math.sign(Number(a.pre.length === 0) - Number(b.pre.length === 0));
  for (let i = 0; i < Math.min(a.pre.length, b.pre.length); i++) {
    const order = comparePre(a.pre[i] ?? '', b.pre[i] ?? '');
    if (order !== 0) return order;
  }
  return Math.sign(a.pre.length - b.pre.length);
}

/** A version, or what is wrong with it. */
function readVersion(text: string): CelSemver | string {
  if (text === '') return 'Version string empty';
  const parts = splitVersion(text);
  if (parts.length !== 3) return 'No Major.Minor.Patch elements found';
  const [major = '', minor = '', rest = ''] = parts;
  const plus = rest.indexOf('+');
  const build = plus < 0 ? undefined : rest.slice(plus + 1);
  const withoutBuild = plus < 0 ? rest : rest.slice(0, plus);
  const dash = withoutBuild.indexOf('-');
  const patch = dash < 0 ? withoutBuild : withoutBuild.slice(0, dash);
  const pre = dash < 0 ? [] : withoutBuild.slice(dash + 1).split('.');
  for (const [name, number] of [
    ['Major', major],
    ['Minor', minor],
    ['Patch', patch],
  ] as const) {
    if (!isNumber(number)) return `Invalid character(s) found in ${name.toLowerCase()} number "${number}"`;
    if (number.length > 1 && number.startsWith('0')) {
      return `${name} number must not contain leading zeroes "${number}"`;
    }
  }
  for (const one of pre) {
    if (one === '') return 'Prerelease is empty';
    if (isNumber(one) && one.length > 1 && one.startsWith('0')) {
      return `Numeric PreRelease version must not contain leading zeroes "${one}"`;
    }
    if (!/^[0-9A-Za-z-]+$/.test(one)) return `Invalid character(s) found in prerelease "${one}"`;
  }
  for (const one of build?.split('.') ?? []) {
    if (one === '') return 'Build meta data is empty';
    if (!/^[0-9A-Za-z-]+$/.test(one)) return `Invalid character(s) found in build meta data "${one}"`;
  }
  return new CelSemver([major, minor, patch].map(BigInt), pre);
}

function splitVersion(text: string): string[] {
  const [major, minor, ...rest] = text.split('.');
  if (minor === undefined || rest.length === 0) return [text];
  return [major ?? '', minor, rest.join('.')];
}

/** Drops a `v`, adds missing numbers, drops leading zeroes. */
function normalized(text: string): string {
  const bare = text.replace(/^v/, '');
  const match = /^([^+-]*)(.*)$/s.exec(bare);
  const numbers = (match?.[1] ?? '').split('.').map((number) => number.replace(/^0+(?=.)/, ''));
  while (numbers.length < 3) numbers.push('0');
  return `${numbers.join('.')}${match?.[2] ?? ''}`;
}

function version(text: string, normalize = false): CelSemver {
  const read = readVersion(normalize ? normalized(text) : text);
  if (typeof read === 'string') throw new CelError(read);
  return read;
}

const isVersion = (text: string, normalize = false): boolean =>
  typeof readVersion(normalize ? normalized(text) : text) !== 'string';

const type = 'kubernetes.Semver';
const numberAt =
  (index: number) =>
  ({ numbers }: CelSemver): bigint =>
    numbers[index] ?? 0n;

export const versions: readonly Overload[] = [
  overload('semver', `(string) -> ${type}`, (text: string) => version(text)),
  overload('semver', `(string, bool) -> ${type}`, version),
  overload('isSemver', '(string) -> bool', (text: string) => isVersion(text)),
  overload('isSemver', '(string, bool) -> bool', isVersion),
  overload('major', `${type}.() -> int`, numberAt(0)),
  overload('minor', `${type}.() -> int`, numberAt(1)),
  overload('patch', `${type}.() -> int`, numberAt(2)),
  overload('compareTo', `${type}.(${type}) -> int`, (a: CelSemver, b: CelSemver) => BigInt(compare(a, b))),
  overload('isGreaterThan', `${type}.(${type}) -> bool`, (a: CelSemver, b: CelSemver) => compare(a, b) > 0),
  overload('isLessThan', `${type}.(${type}) -> bool`, (a: CelSemver, b: CelSemver) => compare(a, b) < 0),
];
