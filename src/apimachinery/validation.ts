// Rules for names and other short texts. Each function gives the complaints, empty when the value is fine.
// Upstream: apimachinery/pkg/util/validation/validation.go and apimachinery/pkg/api/validate/content (v1.36)

const encoder = new TextEncoder();
const dns1123LabelFmt = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const dns1123SubdomainFmt = `${dns1123LabelFmt}(\\.${dns1123LabelFmt})*`;
const dns1123LabelFmtWithUnderscore = '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?';
const dns1123SubdomainFmtWithUnderscore = `${dns1123LabelFmtWithUnderscore}(\\.${dns1123LabelFmtWithUnderscore})*`;
const wildcardDNS1123SubdomainFmt = `\\*\\.${dns1123SubdomainFmt}`;
const dns1035LabelFmt = '[a-z]([-a-z0-9]*[a-z0-9])?';
const cIdentifierFmt = '[A-Za-z_][A-Za-z0-9_]*';
const labelKeyFmt = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const labelValueFmt = `(${labelKeyFmt})?`;
const percentFmt = '[0-9]+%';
const httpHeaderNameFmt = '[-A-Za-z0-9]+';
const envVarNameFmt = '[-._a-zA-Z][-._a-zA-Z0-9]*';
const configMapKeyFmt = '[-._a-zA-Z0-9]+';
const httpPathFmt = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+";

const whole = (format: string): RegExp => new RegExp(`^${format}$`);
const dns1123Label = whole(dns1123LabelFmt);
const dns1123Subdomain = whole(dns1123SubdomainFmt);
const dns1123SubdomainWithUnderscore = whole(dns1123SubdomainFmtWithUnderscore);
const wildcardDNS1123Subdomain = whole(wildcardDNS1123SubdomainFmt);
const dns1035Label = whole(dns1035LabelFmt);
const cIdentifier = whole(cIdentifierFmt);
const labelKey = whole(labelKeyFmt);
const labelValue = whole(labelValueFmt);
const percent = whole(percentFmt);
const httpHeaderName = whole(httpHeaderNameFmt);
const envVarName = whole(envVarNameFmt);
const configMapKey = whole(configMapKeyFmt);
const httpPath = whole(httpPathFmt);

/** The longest DNS-1123 label. */
export const dns1123LabelMaxLength = 63;
/** The longest DNS-1123 subdomain. */
export const dns1123SubdomainMaxLength = 253;
/** The longest label value. */
export const labelValueMaxLength = 63;

/** Length in bytes of UTF-8, which is what upstream counts. */
export function byteLength(value: string): number {
  for (let i = 0; i < value.length; i++) if (value.charCodeAt(i) > 0x7f) return encoder.encode(value).length;
  return value.length;
}

/** `must be no more than N characters`. */
export function maxLenError(length: number): string {
  return `must be no more than ${length} characters`;
}

/** `must be no more than N bytes`: the words newer rules use. */
export function maxBytesError(length: number): string {
  return `must be no more than ${length} bytes`;
}

/** `must be non-empty`. */
export function emptyError(): string {
  return 'must be non-empty';
}

/** `must be between LO and HI, inclusive`. */
export function inclusiveRangeError(lo: number, hi: number): string {
  return `must be between ${lo} and ${hi}, inclusive`;
}

/** A complaint with examples and the regular expression. */
export function regexError(message: string, format: string, ...examples: readonly string[]): string {
  if (examples.length === 0) return `${message} (regex used for validation is '${format}')`;
  const list = examples.map((example) => `'${example}', `).join(' or ');
  return `${message} (e.g. ${list}regex used for validation is '${format}')`;
}

function tooLong(value: string, max: number, error: (length: number) => string): string[] {
  return byteLength(value) > max ? [error(max)] : [];
}

/** A DNS-1123 label: lower case letters, digits and `-`, at most 63. */
export function isDNS1123Label(value: string): string[] {
  const errors = tooLong(value, dns1123LabelMaxLength, maxLenError);
  if (dns1123Label.test(value)) return errors;
  if (dns1123Subdomain.test(value)) return [...errors, 'must not contain dots'];
  const rule =
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character";
  return [...errors, regexError(rule, dns1123LabelFmt, 'my-name', '123-abc')];
}

function subdomain(value: string, error: (length: number) => string): string[] {
  const errors = tooLong(value, dns1123SubdomainMaxLength, error);
  if (dns1123Subdomain.test(value)) return errors;
  const rule =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character";
  return [...errors, regexError(rule, dns1123SubdomainFmt, 'example.com')];
}

/** A DNS-1123 subdomain: labels with dots between, at most 253. */
export function isDNS1123Subdomain(value: string): string[] {
  return subdomain(value, maxLenError);
}

/** A DNS-1123 subdomain, in the words of newer rules. Upstream: apimachinery/pkg/api/validate/strfmt.go LongName (v1.36) */
export function isLongName(value: string): string[] {
  return subdomain(value, maxBytesError);
}

/** A DNS-1123 subdomain whose labels may have underscores. */
export function isDNS1123SubdomainWithUnderscore(value: string): string[] {
  const errors = tooLong(value, dns1123SubdomainMaxLength, maxLenError);
  if (dns1123SubdomainWithUnderscore.test(value)) return errors;
  const rule =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character";
  return [...errors, regexError(rule, dns1123SubdomainFmtWithUnderscore, 'example.com')];
}

/** `*.` and a DNS-1123 subdomain. */
export function isWildcardDNS1123Subdomain(value: string): string[] {
  const errors = tooLong(value, dns1123SubdomainMaxLength, maxLenError);
  if (wildcardDNS1123Subdomain.test(value)) return errors;
  const rule =
    "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character";
  return [...errors, regexError(rule, wildcardDNS1123SubdomainFmt, '*.example.com')];
}

/** A DNS-1035 label: as DNS-1123, but starting with a letter. */
export function isDNS1035Label(value: string): string[] {
  const errors = tooLong(value, dns1123LabelMaxLength, maxLenError);
  if (dns1035Label.test(value)) return errors;
  const rule =
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character";
  return [...errors, regexError(rule, dns1035LabelFmt, 'my-name', 'abc-123')];
}

/** A C identifier. */
export function isCIdentifier(value: string): string[] {
  if (cIdentifier.test(value)) return [];
  const rule =
    "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_'";
  return [regexError(rule, cIdentifierFmt, 'my_name', 'MY_NAME', 'MyName')];
}

/** A key of labels and annotations: a name with an optional DNS subdomain and `/` before it. */
export function isQualifiedName(value: string): string[] {
  const parts = value.split('/');
  const rule =
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
  const examples = ['MyName', 'my.name', '123-abc'] as const;
  if (parts.length > 2) {
    const text = regexError(rule, labelKeyFmt, ...examples);
    return [`a valid label key ${text} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`];
  }
  const name = parts.at(-1) ?? '';
  const errors: string[] = [];
  if (parts.length === 2) {
    const messages = parts[0] === '' ? [emptyError()] : subdomain(parts[0] ?? '', maxBytesError);
    errors.push(...messages.map((message) => `prefix part ${message}`));
  }
  if (name === '') errors.push(`name part ${emptyError()}`);
  else if (byteLength(name) > 63) errors.push(`name part ${maxBytesError(63)}`);
  if (!labelKey.test(name)) errors.push(`name part ${regexError(rule, labelKeyFmt, ...examples)}`);
  return errors;
}

/** The value of a label. */
export function isValidLabelValue(value: string): string[] {
  const errors = tooLong(value, labelValueMaxLength, maxBytesError);
  if (labelValue.test(value)) return errors;
  const rule =
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
  return [...errors, regexError(rule, labelValueFmt, 'MyValue', 'my_value', '12345')];
}

/** A number in a range. */
export function isInRange(value: number, min: number, max: number): string[] {
  return value >= min && value <= max ? [] : [inclusiveRangeError(min, max)];
}

/** A port number, 1 to 65535. */
export function isValidPortNum(port: number): string[] {
  return isInRange(port, 1, 65535);
}

/** A user id. */
export function isValidUserID(uid: number): string[] {
  return isInRange(uid, 0, 2147483647);
}

/** A group id. */
export function isValidGroupID(gid: number): string[] {
  return isInRange(gid, 0, 2147483647);
}

/** The name of a container's port (IANA service name). */
export function isValidPortName(port: string): string[] {
  const errors = tooLong(port, 15, maxLenError);
  if (!/^[-a-z0-9]+$/.test(port)) {
    errors.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  }
  if (!/[a-z]/.test(port)) errors.push('must contain at least one letter (a-z)');
  if (port.includes('--')) errors.push('must not contain consecutive hyphens');
  if (port.startsWith('-') || port.endsWith('-')) errors.push('must not begin or end with a hyphen');
  return errors;
}

/** `25%`. */
export function isValidPercent(value: string): string[] {
  if (percent.test(value)) return [];
  const rule = "a valid percent string must be a numeric string followed by an ending '%'";
  return [regexError(rule, percentFmt, '1%', '93%')];
}

/** The name of an HTTP header. */
export function isHTTPHeaderName(value: string): string[] {
  if (httpHeaderName.test(value)) return [];
  const rule = "a valid HTTP header must consist of alphanumeric characters or '-'";
  return [regexError(rule, httpHeaderNameFmt, 'X-Header-Name')];
}

function hasChDirPrefix(value: string): string[] {
  if (value === '.') return ["must not be '.'"];
  if (value === '..') return ["must not be '..'"];
  return value.startsWith('..') ? ["must not start with '..'"] : [];
}

/** The name of an environment variable. */
export function isEnvVarName(value: string): string[] {
  const rule =
    "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit";
  const errors = envVarName.test(value)
    ? []
    : [regexError(rule, envVarNameFmt, 'my.env-name', 'MY_ENV.NAME', 'MyEnvName1')];
  return [...errors, ...hasChDirPrefix(value)];
}

/** The name of an environment variable under the relaxed rule: printable ASCII without `=`. */
export function isRelaxedEnvVarName(value: string): string[] {
  if (value === '') return [`environment variable name ${emptyError()}`];
  if (/^[ -<>-~]*$/.test(value)) return [];
  return ["a valid environment variable name must consist only of printable ASCII characters other than '='"];
}

/** A key of a ConfigMap or Secret. */
export function isConfigMapKey(value: string): string[] {
  const errors = tooLong(value, dns1123SubdomainMaxLength, maxLenError);
  if (!configMapKey.test(value)) {
    const rule = "a valid config key must consist of alphanumeric characters, '-', '_' or '.'";
    errors.push(regexError(rule, configMapKeyFmt, 'key.name', 'KEY_NAME', 'key-name'));
  }
  return [...errors, ...hasChDirPrefix(value)];
}

/** A name that can be a segment of a URL's path. */
export function isPathSegmentName(name: string): string[] {
  if (name === '.' || name === '..') return [`may not be '${name}'`];
  return isPathSegmentPrefix(name);
}

/** The start of a name that can be a segment of a URL's path. */
export function isPathSegmentPrefix(name: string): string[] {
  return ['/', '%'].filter((illegal) => name.includes(illegal)).map((illegal) => `may not contain '${illegal}'`);
}

/** A decimal integer without leading zeros or plus. */
export function isDecimalInteger(value: string): string[] {
  if (value === '') return [emptyError()];
  return /^(0|-?[1-9][0-9]*)$/.test(value) ? [] : ['must be a valid decimal integer in canonical form'];
}

/** A path of a URL without query, as part of a domain-prefixed path. */
export function isHTTPPath(value: string): string[] {
  return httpPath.test(value) ? [] : [regexError('Invalid path', httpPathFmt)];
}

/** How the names of a kind are checked; `prefix`: it is a generateName. */
export type ValidateName = (name: string, prefix: boolean) => string[];

function maskTrailingDash(name: string): string {
  return name.length > 1 && name.endsWith('-') ? `${name.slice(0, -2)}a` : name;
}

/** Names that are DNS subdomains. Upstream: apimachinery/pkg/api/validation/generic.go NameIsDNSSubdomain (v1.36) */
export const nameIsDNSSubdomain: ValidateName = (name, prefix) =>
  isDNS1123Subdomain(prefix ? maskTrailingDash(name) : name);

/** Names that are DNS subdomains, where only the finished name is looked at. Upstream: ValidateObjectMetaWithOpts with LongName (v1.36) */
export const nameIsLongName: ValidateName = (name, prefix) => (prefix ? [] : isLongName(name));

/** Names that are DNS labels. Upstream: apimachinery/pkg/api/validation/generic.go NameIsDNSLabel (v1.36) */
export const nameIsDNSLabel: ValidateName = (name, prefix) => isDNS1123Label(prefix ? maskTrailingDash(name) : name);

/** Names that are DNS-1035 labels. Upstream: apimachinery/pkg/api/validation/generic.go NameIsDNS1035Label (v1.36) */
export const nameIsDNS1035Label: ValidateName = (name, prefix) =>
  isDNS1035Label(prefix ? maskTrailingDash(name) : name);

/** Names that only must fit in a path. Upstream: apimachinery/pkg/api/validation/path ValidatePathSegmentName (v1.36) */
export const nameIsPathSegment: ValidateName = (name, prefix) =>
  prefix ? isPathSegmentPrefix(name) : isPathSegmentName(name);
