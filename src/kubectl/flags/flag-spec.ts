/** The kinds of values a flag takes; `strings` splits at commas, `array` does not, `optional` marks a value that may be left out. */
export type FlagType = 'bool' | 'string' | 'int' | 'strings' | 'array' | 'duration' | 'map';

/** One flag of a command, as data. */
export interface FlagSpec {
  readonly name: string;
  /** One letter; empty when there is none. */
  readonly short: string;
  readonly type: FlagType;
  /** The default as help prints it: `''`, `[]`, `0s`, `true` … */
  readonly defaultText: string;
  /** The value of a flag that is given without one; undefined when it must have one. */
  readonly withoutValue: string | undefined;
  readonly hidden: boolean;
  /** Printed as `Flag --x has been deprecated, …` when used. */
  readonly deprecated: string | undefined;
}

const pattern = /^(?:(\w)\/)?([\w-]+)(?::(int|duration|array|map))?=(.*?)(?:\?(\w+))?(!?)$/;

/**
 * Flags written as help lists them, one per line or blank-separated: `-`-less short name, name, default.
 * `A/all-namespaces=false` is a boolean, `[]` a list, `0s` a duration, a number an integer, anything in quotes a string.
 * `:array` says that a list does not split at commas; `?x` that the flag may stand alone and then means `x`; `!` hides it.
 */
export function flagSpecs(text: string): readonly FlagSpec[] {
  return text.trim().split(/\s+/).filter(Boolean).map(flagSpec);
}

function flagSpec(text: string): FlagSpec {
  const match = pattern.exec(text);
  if (!match) throw new Error(`not a flag: ${text}`);
  const [, short = '', name = '', stated, defaultText = '', withoutValue, hidden] = match;
  const type = (stated as FlagType | undefined) ?? typeOfDefault(defaultText);
  return {
    name,
    short,
    type,
    defaultText,
    withoutValue: withoutValue ?? (type === 'bool' ? 'true' : undefined),
    hidden: hidden === '!',
    deprecated: undefined,
  };
}

function typeOfDefault(text: string): FlagType {
  if (text === 'true' || text === 'false') return 'bool';
  if (text.startsWith('[')) return 'strings';
  if (/^-?\d+$/.test(text)) return 'int';
  if (/^\d[\dhms]*$/.test(text)) return 'duration';
  return 'string';
}

/** Adds a deprecation notice to flags. */
export function deprecatedFlags(text: string, notice: string): readonly FlagSpec[] {
  return flagSpecs(text).map((spec) => ({ ...spec, hidden: true, deprecated: notice }));
}
