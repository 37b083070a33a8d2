/** What programs written in Go share: flags, log lines, quoting, durations, HTTP errors. */
import type { Process } from '../../../process/process.ts';
import type { ProgramContext } from '../../../shell/context.ts';
import type { FileSystemError } from '../../../shell/file-system.ts';
import type { HttpResponse } from '../../../shell/http.ts';
import { formatTime } from '../../../shell/coreutils/dates.ts';
import type { NetworkError } from '../../../shell/network-stack.ts';
import { writeText } from '../../../shell/streams.ts';

export interface GoFlags {
  readonly values: ReadonlyMap<string, string>;
  readonly args: readonly string[];
}

/** Reads `--name=value`, `--name value`, `-name value`; `booleans` take no value of their own. */
export function parseGoFlags(words: readonly string[], booleans: ReadonlySet<string> = new Set()): GoFlags {
  const values = new Map<string, string>();
  const args: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const match = /^--?([\w.-]+)(?:=([\s\S]*))?$/.exec(words[at] ?? '');
    if (!match?.[1]) args.push(words[at] ?? '');
    else if (match[2] !== undefined) values.set(match[1], match[2]);
    else if (booleans.has(match[1])) values.set(match[1], 'true');
    else values.set(match[1], words[++at] ?? '');
  }
  return { values, args };
}

/** A line of Go's log package, on stderr. */
export function goLog(context: ProgramContext, text: string): Process<void> {
  return writeText(context.stderr, `${formatTime('%Y/%m/%d %H:%M:%S', context.now())} ${text}\n`);
}

/** A line of klog: `I0101 00:00:00.000000       1 main.go:20] text`. */
export function klogLine(ms: number, level: 'I' | 'W' | 'E', place: string, text: string): string {
  return `${level}${formatTime('%m%d %H:%M:%S', ms)}.${String(Math.floor(ms) % 1000).padStart(3, '0')}000       1 ${place}] ${text}\n`;
}

/** `%q`. */
export function goQuote(text: string): string {
  return JSON.stringify(text);
}

/** Milliseconds of a Go duration such as `1m30s`, `500ms`; undefined for what is none. */
export function parseGoDuration(text: string): number | undefined {
  if (text === '0') return 0;
  if (!/^-?(?:\d+(?:\.\d*)?(?:ns|us|µs|ms|s|m|h))+$/.test(text)) return undefined;
  const units: Readonly<Record<string, number>> = {
    ns: 1e-6,
    us: 1e-3,
    µs: 1e-3,
    ms: 1,
    s: 1000,
    m: 60_000,
    h: 3_600_000,
  };
  let total = 0;
  for (const [, value, unit] of text.matchAll(/(\d+(?:\.\d*)?)(ns|us|µs|ms|s|m|h)/g))
    total += Number(value) * (units[unit ?? ''] ?? 0);
  return text.startsWith('-') ? -total : total;
}

/** What os says of a failed file operation: `open /x: no such file or directory`. */
export function goFileError(operation: string, path: string, error: FileSystemError): string {
  const text = error.message.slice(0, error.message.length - error.path.length - 2);
  return `${operation} ${path}: ${text.toLowerCase()}`;
}

/** What net says of a failed dial. */
export function goDialError(error: NetworkError, address: string): string {
  const [host = ''] = address.split(':');
  switch (error.code) {
    case 'ENOTFOUND':
      return `dial tcp: lookup ${host}: no such host`;
    case 'ECONNREFUSED':
      return `dial tcp ${address}: connect: connection refused`;
    case 'ETIMEDOUT':
      return `dial tcp ${address}: i/o timeout`;
    case 'EHOSTUNREACH':
      return `dial tcp ${address}: connect: no route to host`;
    default:
      return `dial tcp ${address}: ${error.message}`;
  }
}

/** http.Error. */
export function goHttpError(text: string, status: number): HttpResponse {
  return {
    status,
    headers: { 'Content-Type': 'text/plain; charset=utf-8', 'X-Content-Type-Options': 'nosniff' },
    body: `${text}\n`,
  };
}

const redirectTexts: Readonly<Record<number, string>> = {
  301: 'Moved Permanently',
  302: 'Found',
  303: 'See Other',
  307: 'Temporary Redirect',
  308: 'Permanent Redirect',
};

/** As `http.Redirect` answers a GET. */
export function goRedirect(location: string, status: number): HttpResponse {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&#34;',
    "'": '&#39;',
  };
  const href = location.replace(/[&<>"']/g, (character) => entities[character] ?? character);
  const headers = { Location: location, 'Content-Type': 'text/html; charset=utf-8' };
  return { status, headers, body: `<a href="${href}">${redirectTexts[status] ?? ''}</a>.\n\n` };
}

export const plain = (body: string, status = 200): HttpResponse => ({
  status,
  headers: { 'Content-Type': 'text/plain; charset=utf-8' },
  body,
});
export const json = (value: unknown, status = 200): HttpResponse => ({
  status,
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify(value),
});

const htmlStart =
  /^[\t\n\f\r ]*<(?:!DOCTYPE HTML|HTML|HEAD|SCRIPT|IFRAME|H1|DIV|FONT|TABLE|A|STYLE|TITLE|BODY|BR|B|P|!--)[ >]/i;

/** What net/http takes a text for that nobody has declared. Source: Go's net/http/sniff.go */
export function detectContentType(text: string): string {
  if (htmlStart.test(text)) return 'text/html; charset=utf-8';
  return text.trimStart().startsWith('<?xml') ? 'text/xml; charset=utf-8' : 'text/plain; charset=utf-8';
}
