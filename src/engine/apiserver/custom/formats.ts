/** The formats of strings that a schema may name. Upstream: kube-openapi/pkg/validation/strfmt */
import { isValidIpV4, isValidIpV6 } from './format-addresses.ts';
import { isDNS1123Label, isDNS1123Subdomain } from '../../../apimachinery/validation.ts';

const pattern = (expression: RegExp) => (text: string) => expression.test(text);
const uuid = (version: string) =>
  pattern(new RegExp(`^[0-9a-f]{8}-?[0-9a-f]{4}-?${version}[0-9a-f]{3}-?[0-9a-f]{4}-?[0-9a-f]{12}$`, 'i'));

function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

const dateTime = /^(\d{4}-\d{2}-\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:[.,]\d+)?(?:[Zz]|[+-]\d{2}:?\d{2})?$/;

function isDateTime(text: string): boolean {
  const found = dateTime.exec(text);
  return (
    found !== null && isDate(found[1] ?? '') && Number(found[2]) < 24 && Number(found[3]) < 60 && Number(found[4]) < 60
  );
}

const durationUnits =
  '(?:ns|us|µs|μs|ms|s|m|h|d|w|nanoseconds?|nanos?|microseconds?|micros?|millis?|milliseconds?|secs?|seconds?|mins?|minutes?|hrs?|hours?|days?|weeks?|wks?|yrs?|years?)';
const duration = new RegExp(
  `^[-+]?(?:0|(?:\\d+(?:\\.\\d*)?|\\.\\d+)\\s*${durationUnits}(?:\\s*(?:\\d+(?:\\.\\d*)?|\\.\\d+)\\s*${durationUnits})*)$`,
);

const hostname = /^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\.[a-zA-Z]{2,})*$/;

function isUri(text: string): boolean {
  if (text === '' || /[\s\u0000-\u001f]/.test(text)) return false;
  return /^[a-zA-Z][a-zA-Z0-9+.-]*:./.test(text) || text.startsWith('/');
}

function luhn(text: string): boolean {
  const digits = text.replace(/[^0-9]/g, '');
  if (
    !/^(?:4\d{12}(?:\d{3})?|5[1-5]\d{14}|6(?:011|5\d\d)\d{12}|3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}|(?:2131|1800|35\d{3})\d{11})$/.test(
      digits,
    )
  )
    return false;
  let sum = 0;
  for (const [i, digit] of [...digits].reverse().entries()) {
    const doubled = Number(digit) * (i % 2 === 1 ? 2 : 1);
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

function isIsbn(text: string, length: 10 | 13): boolean {
  const digits = text.replace(/[\s-]/g, '');
  if (length === 10) {
    if (!/^\d{9}[\dX]$/.test(digits)) return false;
    return [...digits].reduce((sum, digit, i) => sum + (10 - i) * (digit === 'X' ? 10 : Number(digit)), 0) % 11 === 0;
  }
  return (
    /^\d{13}$/.test(digits) &&
    [...digits].reduce((sum, digit, i) => sum + Number(digit) * (i % 2 === 0 ? 1 : 3), 0) % 10 === 0
  );
}

const checks: ReadonlyMap<string, (text: string) => boolean> = new Map<string, (text: string) => boolean>([
  ['date', isDate],
  ['date-time', isDateTime],
  ['datetime', isDateTime],
  ['duration', (text) => duration.test(text.trim())],
  ['email', pattern(/^[^\s@<>()]+@[^\s@<>()]+$/)],
  ['hostname', (text) => text.length <= 255 && hostname.test(text)],
  ['ipv4', isValidIpV4],
  ['ipv6', isValidIpV6],
  ['cidr', (text) => isCidr(text)],
  [
    'mac',
    pattern(
      /^(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}$|^(?:[0-9a-f]{4}\.){2}[0-9a-f]{4}$|^(?:[0-9a-f]{2}[:-]){7}[0-9a-f]{2}$/i,
    ),
  ],
  ['uri', isUri],
  ['uuid', pattern(/^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i)],
  ['uuid3', uuid('3')],
  ['uuid4', uuid('4')],
  ['uuid5', uuid('5')],
  ['byte', pattern(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/)],
  ['password', () => true],
  ['hexcolor', pattern(/^#?(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})$/)],
  [
    'rgbcolor',
    pattern(/^rgb\(\s*(?:\d{1,2}|1\d\d|2[0-4]\d|25[0-5])\s*(?:,\s*(?:\d{1,2}|1\d\d|2[0-4]\d|25[0-5])\s*){2}\)$/),
  ],
  ['bsonobjectid', pattern(/^[0-9a-f]{24}$/i)],
  ['isbn', (text) => isIsbn(text, 10) || isIsbn(text, 13)],
  ['isbn10', (text) => isIsbn(text, 10)],
  ['isbn13', (text) => isIsbn(text, 13)],
  ['creditcard', luhn],
  ['ssn', pattern(/^\d{3}[- ]?\d{2}[- ]?\d{4}$/)],
  ['k8s-short-name', (text) => isDNS1123Label(text).length === 0],
  ['k8s-long-name', (text) => isDNS1123Subdomain(text).length === 0],
]);

function isCidr(text: string): boolean {
  const [address = '', bits = '', ...rest] = text.split('/');
  if (rest.length > 0 || !/^\d{1,3}$/.test(bits)) return false;
  if (isValidIpV4(address)) return Number(bits) <= 32;
  return isValidIpV6(address) && Number(bits) <= 128;
}

/** Whether a format is known, and so checked. */
export function isKnownFormat(format: string): boolean {
  return checks.has(format);
}

/** Whether a text has a known format; texts of unknown formats always do. */
export function hasFormat(format: string, text: string): boolean {
  return checks.get(format)?.(text) ?? true;
}
