/**
 * Replaces what differs from run to run (uids, versions, times, generated names, addresses) by placeholders, so that a recording
 * of a real control plane and an answer of ours can be compared letter by letter. The recordings were made with the same rules.
 */
const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const time = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g;
const date = /(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4}/g;
const address = /\b10\.(?:96|244)\.\d{1,3}\.\d{1,3}\b/g;
const jwt = /\beyJ[\w-]+\.eyJ[\w-]+\.[\w-]+/g;
const pem = /-----BEGIN [A-Z ]+-----[\s\S]*?-----END [A-Z ]+-----\n?|LS0tLS1CRUdJTi[A-Za-z0-9+/=]+/g;
const age = /(?<=\s)(?:\d+[smhdy])+(?= {2,}|\s*$|\n| ago)( {2,})?/gm;
const eventName = /(?<=\.)1[0-9a-f]{15}\b/g;
const log = /^([EIWF])\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ (\w+\.go):\d+\]/gm;
const stamp = /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)? [+-]\d{4}/g;
const version =
  /(resourceVersion\\*["']?[:=]\s*\\*["']?|Resource Version: +|ResourceVersion in record \(|ResourceVersion in object meta: )\d+/g;
const ageCell = /^(?:(?:\d+[smhdy])+|<invalid>)$/;
const hashLabels = new Set(['pod-template-hash', 'controller-revision-hash', 'controller.kubernetes.io/hash']);
/** Managers whose entries in managedFields are ordered by chance. */
const racing = new Set(['kube-controller-manager', 'kube-scheduler', 'kwok']);

type Json = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

/** One per case: numbers are given in order of first appearance. */
export class Normalizer {
  readonly #names = new Map<string, string>();
  readonly #counts = new Map<string, number>();
  readonly #literals = new Map<string, string>();

  /** Remembers generated suffixes, template hashes and node ports found in an object, wherever they stand. */
  learn(value: unknown): void {
    if (Array.isArray(value)) return value.forEach((item) => this.learn(item));
    if (!isObject(value)) return;
    this.#learnSuffix(value['metadata']);
    for (const [key, item] of Object.entries(value)) {
      if (hashLabels.has(key) && typeof item === 'string') this.#literals.set(item, 'hash');
      if ((key === 'nodePort' || key === 'healthCheckNodePort') && typeof item === 'number' && item > 0)
        this.#literals.set(String(item), 'nodePort');
      if (typeof item === 'object') this.learn(item);
    }
  }

  text(string: string): string {
    let out = string
      .replace(pem, '<pem>')
      .replace(jwt, '<jwt>')
      .replace(uuid, (found) => this.#number('uid', found))
      .replace(time, '<time>')
      .replace(date, '<date>')
      .replace(eventName, '<hex>')
      .replace(log, '$1<time> $2]')
      .replace(stamp, '<time>')
      .replace(/\b(LIVE|MERGED|kubectl-edit)-\d+/g, '$1-<random>')
      .replace(/\/tmp\/case-\w{6}/g, '<directory>')
      .replace(/\bhttps?:\/\/127\.0\.0\.1:\d+/g, '<server>')
      .replace(/\b127\.0\.0\.1:\d{4,5}\b/g, '<server>')
      .replace(/\bkube-api-access-[a-z0-9]{5}\b/g, (found) => this.#number('volume', found))
      .replace(version, '$1<rv>')
      .replace(/\bselfType\d+/g, 'selfType<n>')
      .replace(address, (found) => this.#number('ip', found));
    for (const [literal, kind] of this.#literals)
      if (literal.length > 3 && out.includes(literal)) out = out.replaceAll(literal, this.#number(kind, literal));
    return out;
  }

  /** What a command printed; where addresses make the widths of columns random, the gaps become three blanks. */
  output(string: string): string {
    const out = this.text(string).replace(age, (_, gap: string | undefined) => `<age>${gap ? '   ' : ''}`);
    if (!out.includes('<ip-')) return out;
    return out.split('\n\n').map(narrow).join('\n\n');
  }

  value(value: unknown, key = ''): unknown {
    if (typeof value === 'string') return this.#string(value, key);
    if (typeof value === 'number' && this.#literals.has(String(value)) && key.endsWith('odePort'))
      return this.#number('nodePort', String(value));
    if (Array.isArray(value)) {
      const sorted = key === 'managedFields' && value.some((item: Json) => racing.has(String(item?.['manager']))) ? [...value].sort(byManager) : value;
      return sorted.map((item) => this.value(item, key));
    }
    if (!isObject(value)) return value;
    const entries = Object.entries(value).map(([name, item]) => [
      this.text(name),
      this.value(item, key === 'columnDefinitions' ? `columnDefinitions.${name}` : name),
    ]);
    return Object.fromEntries(entries);
  }

  #string(value: string, key: string): string {
    if (key === 'resourceVersion' && /^\d+$/.test(value)) return value === '0' ? '0' : '<rv>';
    if (key === 'reportingInstance') return this.text(value.replace(/^(default-scheduler)-.*/, '$1-<host>'));
    if (key === 'continue' && value) return '<continue>';
    if (key === 'columnDefinitions.description') return value ? '<text>' : value;
    if (key === 'cells' && ageCell.test(value)) return '<age>';
    return this.text(value);
  }

  #learnSuffix(meta: unknown): void {
    if (!isObject(meta)) return;
    const { generateName, name } = meta;
    if (typeof generateName !== 'string' || typeof name !== 'string') return;
    const kept = Math.min(generateName.length, 58);
    if (name.startsWith(generateName.slice(0, 58)) && name.length > kept) this.#literals.set(name.slice(kept), 'suffix');
  }

  #number(kind: string, value: string): string {
    const key = `${kind}\u0000${value}`;
    const known = this.#names.get(key);
    if (known) return known;
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    const name = `<${kind}-${count}>`;
    this.#names.set(key, name);
    return name;
  }
}

function narrow(block: string): string {
  const lines = block.split('\n');
  const wide = (line: string) => (line.match(/ {3,}/g) ?? []).length >= 3 && !/^\s/.test(line);
  if (!lines.some((line) => wide(line) && line.includes('<ip-'))) return block;
  return lines.map((line) => (wide(line) || /^[A-Z][A-Z0-9() -]+$/.test(line) ? line.replace(/ {3,}/g, '   ') : line)).join('\n');
}

function byManager(a: Json, b: Json): number {
  const key = ({ manager, operation, subresource = '', apiVersion }: Json) => JSON.stringify([manager, operation, subresource, apiVersion]);
  const [x, y] = [key(a), key(b)];
  return x < y ? -1 : x > y ? 1 : 0;
}

/** Numbers placeholders by first appearance in reading order, on both sides of a comparison alike. */
export function renumber(steps: readonly unknown[]): unknown[] {
  const names = new Map<string, string>();
  const counts = new Map<string, number>();
  const text = (string: string) =>
    string.replace(/<(uid|suffix|hash|ip|nodePort)-\d+>/g, (name, kind: string) => {
      const known = names.get(name);
      if (known) return known;
      const count = (counts.get(kind) ?? 0) + 1;
      counts.set(kind, count);
      names.set(name, `<${kind}-${count}>`);
      return `<${kind}-${count}>`;
    });
  const value = (item: unknown): unknown => {
    if (typeof item === 'string') return text(item);
    if (Array.isArray(item)) return item.map(value);
    if (isObject(item)) return Object.fromEntries(Object.entries(item).map(([key, inner]) => [text(key), value(inner)]));
    return item;
  };
  return steps.map(value);
}
