/**
 * The escapes of one letter that C defines for control characters, and the backslash itself, by the letter. Languages
 * that add their own (quotes, `\e`, `\?`) spread these; JSON and YAML do not share them.
 */
export const cEscapes = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
} as const satisfies Readonly<Record<string, string>>;
