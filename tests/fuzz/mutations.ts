/** How requests are spoiled: a little, so that they get far, or much, so that nothing is taken for granted. */
import type { Random } from '../../src/engine/sim/random.ts';
import type { Draft } from './corpus.ts';

const pick = <T>(random: Random, list: readonly T[]): T => list[random.int(list.length)] as T;

/** JSON text of arrays or objects in each other. */
export function nested(depth: number, kind: 'array' | 'object'): string {
  const [open, close] = kind === 'array' ? ['[', ']'] : ['{"a":', '}'];
  return open.repeat(depth) + '1' + close.repeat(depth);
}

const hostileStrings: readonly ((random: Random) => string)[] = [
  () => '',
  () => ' ',
  () => '__proto__',
  () => 'constructor',
  () => 'hasOwnProperty',
  () => '\u0000',
  () => '\ud800',
  () => '🙂'.repeat(100),
  () => '../../../etc/passwd',
  () => '%2e%2e%2f',
  () => '{{.}}',
  () => "'; DROP TABLE pods; --",
  () => '$(HOME) $$(X) $(',
  () => 'a'.repeat(64),
  () => 'a'.repeat(254),
  () => 'x'.repeat(70_000),
  () => '-',
  () => '1e999',
  () => '9'.repeat(400),
  () => '0x10',
  () => '1Ei',
  () => '-0.0000000000000000000000001n',
  () => '100%',
  () => '2026-13-45T99:99:99Z',
  () => '(a+)+$',
  () => '((((((((((',
  () => '"\\\n\r\t\u2028',
  () => 'İıſK',
  (random) => String(random.int(2 ** 31)),
  (random) => Array.from({ length: 20 }, () => String.fromCharCode(random.int(0xffff))).join(''),
  (random) => 'true && '.repeat(random.int(2000)) + 'true',
  (random) => '('.repeat(random.int(3000)),
];
export const hostileString = (random: Random): string => pick(random, hostileStrings)(random);

const hostileNumbers = [
  0,
  -0,
  -1,
  1,
  0.5,
  1e21,
  1e308,
  -1e308,
  2 ** 31,
  2 ** 31 - 1,
  -(2 ** 31),
  2 ** 32,
  2 ** 53,
  2 ** 53 + 2,
  2 ** 63,
  -(2 ** 63),
  65_536,
  65_535,
  3.14159,
];

export function hostileValue(random: Random): unknown {
  switch (random.int(9)) {
    case 0:
      return null;
    case 1:
      return random.int(2) === 0;
    case 2:
      return pick(random, hostileNumbers);
    case 3:
      return [];
    case 4:
      return {};
    case 5:
      return [null, 1, 'a', [], {}];
    case 6:
      return JSON.parse('{"__proto__": {"polluted": true}, "constructor": {"prototype": {"polluted": true}}}');
    case 7:
      return JSON.parse(nested(1 + random.int(60), random.int(2) === 0 ? 'array' : 'object'));
    default:
      return hostileString(random);
  }
}

/** Changes one place of a value; gives the changed value. */
export function mutateValue(value: unknown, random: Random): unknown {
  if (value === null || typeof value !== 'object' || random.int(6) === 0) return hostileValue(random);
  if (Array.isArray(value)) return mutateArray(value, random);
  const keys = Object.keys(value);
  const out: Record<string, unknown> = Object.assign(Object.create(null) as Record<string, unknown>, value);
  const key = keys.length === 0 ? 'a' : pick(random, keys);
  switch (random.int(8)) {
    case 0:
      delete out[key];
      return out;
    case 1:
      out[hostileString(random)] = hostileValue(random);
      return out;
    case 2:
      out[`${key}${pick(random, ['s', 'X', '.', '/', ' '])}`] = out[key];
      return out;
    case 3:
      out[key] = hostileValue(random);
      return out;
    default:
      out[key] = mutateValue(out[key], random);
      return out;
  }
}

function mutateArray(value: readonly unknown[], random: Random): unknown {
  const out = [...value];
  const at = random.int(Math.max(1, out.length));
  switch (random.int(5)) {
    case 0:
      out.splice(at, 1);
      return out;
    case 1:
      out.splice(at, 0, out[at] ?? hostileValue(random));
      return out;
    case 2:
      return Array.from({ length: random.int(300) }, () => out[at] ?? 'a');
    default:
      out[at] = mutateValue(out[at], random);
      return out;
  }
}

const queryNames = [
  'limit',
  'continue',
  'resourceVersion',
  'resourceVersionMatch',
  'labelSelector',
  'fieldSelector',
  'watch',
  'timeoutSeconds',
  'timeout',
  'dryRun',
  'fieldManager',
  'fieldValidation',
  'force',
  'pretty',
  'propagationPolicy',
  'gracePeriodSeconds',
  'sendInitialEvents',
  'allowWatchBookmarks',
  'includeObject',
  'container',
  'command',
  'stdin',
  'stdout',
  'tty',
  'ports',
  'path',
  'tailLines',
  'sinceTime',
  'exact',
  '__proto__',
];
const queryValues = [
  '',
  '1',
  '0',
  '-1',
  'true',
  'All',
  'Exact',
  'NotOlderThan',
  'Background',
  'Foreground',
  'Orphan',
  'a=b',
  'a in (b,c)',
  '!a',
  'a notin (',
  'metadata.name=x',
  'status.phase!=Running',
  'spec.nodeName',
  '1s',
  '999999999h',
  'abc',
  '9223372036854775808',
  'Strict',
  'Ignore',
  'eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6MSwic3RhcnQiOiJhXHUwMDAwIn0',
];

export function mutatePath(path: string, random: Random): string {
  const [where = '', query = ''] = path.split('?');
  const segments = where.split('/');
  const at = random.int(segments.length);
  switch (random.int(9)) {
    case 0:
      segments[at] = encodeURIComponent(hostileString(random).toWellFormed?.() ?? 'x').slice(0, 5000);
      break;
    case 1:
      segments.splice(at, 1);
      break;
    case 2:
      segments.splice(
        at,
        0,
        pick(random, ['', '.', '..', '%2F', '%00', '%zz', '%', 'status', 'scale', 'watch', 'proxy', '~']),
      );
      break;
    case 3:
      segments.push(
        pick(random, [
          'status',
          'scale',
          'log',
          'exec',
          'binding',
          'eviction',
          'token',
          'approval',
          'finalize',
          'nothing',
        ]),
      );
      break;
    case 4:
      return `${where}${'/'.repeat(1 + random.int(5))}`;
    default: {
      const name = pick(random, queryNames);
      const value = random.int(5) === 0 ? hostileString(random).slice(0, 3000) : pick(random, queryValues);
      const raw = random.int(8) === 0 ? `%${value}` : encodeURIComponent(value.toWellFormed?.() ?? '');
      return `${where}?${query}${query === '' ? '' : '&'}${name}=${raw}`;
    }
  }
  return segments.join('/') + (query === '' ? '' : `?${query}`);
}

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE', 'get', 'FROB', ''];
const mediaTypes = [
  'application/json',
  'application/yaml',
  'application/vnd.kubernetes.protobuf',
  'application/apply-patch+yaml',
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/cbor',
  'text/plain',
  '*/*',
  '',
  ';;;',
  'application/json;q=',
  'application/json;as=Table;v=v1;g=meta.k8s.io',
  'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io',
  'application/json;as=APIGroupDiscoveryList;v=v2;g=apidiscovery.k8s.io',
];
const headerNames = [
  'accept',
  'content-type',
  'impersonate-user',
  'impersonate-group',
  'authorization',
  'user-agent',
  'x-remote-user',
  'if-match',
  'accept-encoding',
];

/** The body as bytes or text that is no longer what it says. */
function spoilText(text: string, random: Random): string | Uint8Array {
  const at = random.int(text.length + 1);
  switch (random.int(10)) {
    case 0:
      return text.slice(0, at);
    case 1:
      return (
        text.slice(0, at) + pick(random, ['"', '{', '}', ',', ':', '\\', '\u0000', '\\u12', 'NaN']) + text.slice(at)
      );
    case 2:
      return new TextEncoder().encode(text).map((byte) => (random.int(40) === 0 ? random.int(256) : byte));
    case 3:
      return random.bytes(random.int(300));
    case 4:
      return nested(10 ** random.int(6), random.int(2) === 0 ? 'array' : 'object');
    case 5:
      return text.replace(/\d+/, '1'.repeat(1 + random.int(400)));
    case 6:
      return `${text}${text}`;
    case 7:
      return text.replace('{', '{"metadata":{"name":"twice"},"metadata":{"name":"again"},');
    case 8:
      return Uint8Array.of(0x6b, 0x38, 0x73, 0, ...random.bytes(random.int(100)));
    default:
      return text.replace(/"([^"]*)"/, () => JSON.stringify('y'.repeat(random.int(1_500_000))));
  }
}

/** Spoils a request. */
export function mutate(draft: Draft, random: Random): void {
  const times = 1 + random.int(3);
  for (let i = 0; i < times; i++) {
    const dice = random.int(100);
    if (dice < 45 && draft.body !== undefined && typeof draft.body === 'object' && !(draft.body instanceof Uint8Array))
      draft.body = mutateValue(draft.body, random);
    else if (dice < 70) draft.path = mutatePath(draft.path, random);
    else if (dice < 75) draft.method = pick(random, methods);
    else if (dice < 80) draft.headers['content-type'] = pick(random, mediaTypes);
    else if (dice < 85) draft.headers['accept'] = pick(random, mediaTypes);
    else if (dice < 88) draft.headers[pick(random, headerNames)] = hostileString(random).slice(0, 2000);
    else if (dice < 92)
      draft.body = spoilText(typeof draft.body === 'string' ? draft.body : (JSON.stringify(draft.body) ?? ''), random);
  }
}
