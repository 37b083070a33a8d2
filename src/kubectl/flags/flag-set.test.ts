import { describe, expect, test } from 'vitest';
import { FlagSet } from './flag-set.ts';
import { flagSpecs } from './flag-spec.ts';

const specs = flagSpecs(
  `f/filename=[] o/output='' n/count=1 v/verbose=false dry-run='none'?unchanged image:array=[] timeout=0s`,
);

function parsed(...words: readonly string[]): FlagSet {
  const flags = new FlagSet(specs);
  flags.parse(words);
  return flags;
}

describe('values', () => {
  test.each([
    [['-o', 'yaml'], 'output', 'yaml'],
    [['-oyaml'], 'output', 'yaml'],
    [['-o=yaml'], 'output', 'yaml'],
    [['--output=yaml'], 'output', 'yaml'],
    [['--output', 'yaml'], 'output', 'yaml'],
    [['--dry-run'], 'dry-run', 'unchanged'],
    [['--dry-run=client'], 'dry-run', 'client'],
    [['--dry_run=client'], 'dry-run', 'client'],
    [[], 'dry-run', 'none'],
  ])('%j', (words, name, value) => {
    expect(parsed(...words).string(name)).toBe(value);
  });

  test('lists split at commas, arrays do not', () => {
    const flags = parsed('-f', 'a,b', '-f', 'c', '--image=a,b', '--image=c');
    expect(flags.strings('filename')).toEqual(['a', 'b', 'c']);
    expect(flags.strings('image')).toEqual(['a,b', 'c']);
  });

  test('short flags stand together, the last with a value', () => {
    const flags = parsed('-vo', 'json', 'pods');
    expect(flags.bool('verbose')).toBe(true);
    expect(flags.string('output')).toBe('json');
    expect(flags.args).toEqual(['pods']);
  });

  test('what stands behind two dashes is no flag', () => {
    const flags = parsed('a', '--', '-x', '--y');
    expect(flags.args).toEqual(['a', '-x', '--y']);
    expect(flags.argsBeforeDash).toBe(1);
  });

  test('durations are milliseconds', () => {
    expect(parsed('--timeout=1m30s').duration('timeout')).toBe(90_000);
  });
});

describe('complaints', () => {
  test.each([
    [['--nope'], 'unknown flag: --nope'],
    [['-x'], "unknown shorthand flag: 'x' in -x"],
    [['-vx'], "unknown shorthand flag: 'x' in -x"],
    [['--output'], 'flag needs an argument: --output'],
    [['-o'], "flag needs an argument: 'o' in -o"],
    [['--=x'], 'bad flag syntax: --=x'],
    [['--count=x'], 'invalid argument "x" for "-n, --count" flag: strconv.ParseInt: parsing "x": invalid syntax'],
    [['--verbose=x'], 'invalid argument "x" for "-v, --verbose" flag: strconv.ParseBool: parsing "x": invalid syntax'],
    [['--timeout=x'], 'invalid argument "x" for "--timeout" flag: time: invalid duration "x"'],
  ])('%j', (words, message) => {
    expect(() => parsed(...words)).toThrow(message);
  });
});
