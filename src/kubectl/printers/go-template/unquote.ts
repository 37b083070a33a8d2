const escapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
};

/** The text of a Go string literal, quoted or raw. Upstream: strconv.Unquote */
export function unquoteGo(literal: string): string {
  if (literal.startsWith('`')) return literal.slice(1, -1);
  return literal
    .slice(1, -1)
    .replace(
      /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{3})|(.))/g,
      (
        _all,
        hex2: string | undefined,
        hex4: string | undefined,
        hex8: string | undefined,
        octal: string | undefined,
        one: string | undefined,
      ) => {
        if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
        const hex = hex2 ?? hex4 ?? hex8;
        if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
        return escapes[one ?? ''] ?? one ?? '';
      },
    );
}
