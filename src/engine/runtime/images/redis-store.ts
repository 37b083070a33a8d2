/** Redis' data and commands, as far as applications of tutorials use them. */
import { matchesPattern } from '../../../shell/interpreter/pattern.ts';
import { RespFailure, RespStatus, type RespValue } from './resp.ts';

type Stored = string | string[] | Map<string, string> | Set<string>;
const ok = new RespStatus('OK');
const wrongType = new RespFailure('WRONGTYPE Operation against a key holding the wrong kind of value');
const notInteger = new RespFailure('ERR value is not an integer or out of range');

type Command = (args: readonly string[]) => RespValue;

/** Commands that change data, which replicas are sent and refuse themselves. */
export const writeCommands: ReadonlySet<string> = new Set([
  'SET',
  'SETNX',
  'SETEX',
  'GETSET',
  'GETDEL',
  'MSET',
  'DEL',
  'UNLINK',
  'INCR',
  'DECR',
  'INCRBY',
  'DECRBY',
  'INCRBYFLOAT',
  'APPEND',
  'EXPIRE',
  'PEXPIRE',
  'PERSIST',
  'LPUSH',
  'RPUSH',
  'LPOP',
  'RPOP',
  'LTRIM',
  'LREM',
  'HSET',
  'HMSET',
  'HDEL',
  'HINCRBY',
  'SADD',
  'SREM',
  'FLUSHALL',
  'FLUSHDB',
  'RENAME',
]);

export class RedisStore {
  readonly #values = new Map<string, Stored>();
  readonly #expiry = new Map<string, number>();
  readonly #now: () => number;
  constructor(now: () => number) {
    this.#now = now;
  }
  get size(): number {
    return this.#values.size;
  }
  /** Runs a command; undefined when it is not known here. */
  run(name: string, args: readonly string[]): RespValue | undefined {
    const command = Object.hasOwn(this.#commands, name) ? this.#commands[name] : undefined;
    if (!command) return undefined;
    for (const [key, at] of this.#expiry) if (at <= this.#now()) this.#remove(key);
    return command(args);
  }
  /** Everything as commands that make it again. */
  dump(): string[][] {
    return [...this.#values].map(([key, value]) => {
      if (typeof value === 'string') return ['SET', key, value];
      if (Array.isArray(value)) return ['RPUSH', key, ...value];
      if (value instanceof Set) return ['SADD', key, ...value];
      return ['HSET', key, ...[...value].flat()];
    });
  }
  clear(): void {
    this.#values.clear();
    this.#expiry.clear();
  }

  #remove(key: string): boolean {
    this.#expiry.delete(key);
    return this.#values.delete(key);
  }
  #text(key: string | undefined): string | null | RespFailure {
    const value = this.#values.get(key ?? '');
    return value === undefined ? null : typeof value === 'string' ? value : wrongType;
  }
  #list(key: string | undefined): string[] | RespFailure {
    const value = this.#values.get(key ?? '') ?? [];
    return Array.isArray(value) ? value : wrongType;
  }
  #hash(key: string | undefined): Map<string, string> | RespFailure {
    const value = this.#values.get(key ?? '') ?? new Map<string, string>();
    return value instanceof Map ? value : wrongType;
  }
  #set(key: string | undefined): Set<string> | RespFailure {
    const value = this.#values.get(key ?? '') ?? new Set<string>();
    return value instanceof Set ? value : wrongType;
  }
  #keep(key: string | undefined, value: string[] | Map<string, string> | Set<string>): void {
    const empty = Array.isArray(value) ? value.length === 0 : value.size === 0;
    if (empty) this.#remove(key ?? '');
    else this.#values.set(key ?? '', value);
  }
  #add(key: string | undefined, by: string | undefined, sign: 1 | -1): RespValue {
    const before = this.#text(key) ?? '0';
    if (before instanceof RespFailure) return before;
    if (!/^-?\d+$/.test(before) || !/^-?\d+$/.test(by ?? '1')) return notInteger;
    const after = Number(before) + sign * Number(by ?? 1);
    this.#values.set(key ?? '', String(after));
    return after;
  }
  #range(items: readonly string[], from: string | undefined, to: string | undefined): string[] {
    const at = (text: string | undefined) => (Number(text) < 0 ? items.length + Number(text) : Number(text));
    return items.slice(Math.max(0, at(from)), at(to) + 1);
  }
  #push(key: string | undefined, values: readonly string[], front: boolean): RespValue {
    const list = this.#list(key);
    if (list instanceof RespFailure) return list;
    const after = front ? [...[...values].reverse(), ...list] : [...list, ...values];
    this.#keep(key, after);
    return after.length;
  }
  #pop(key: string | undefined, front: boolean): RespValue {
    const list = this.#list(key);
    if (list instanceof RespFailure) return list;
    const taken = (front ? list[0] : list.at(-1)) ?? null;
    this.#keep(key, front ? list.slice(1) : list.slice(0, -1));
    return taken;
  }
  #store([key = '', value = '', ...options]: readonly string[]): RespValue {
    const flags = options.map((option) => option.toUpperCase());
    const exists = this.#values.has(key);
    if ((flags.includes('NX') && exists) || (flags.includes('XX') && !exists)) return null;
    this.#values.set(key, value);
    this.#expiry.delete(key);
    for (const [unit, ms] of [
      ['EX', 1000],
      ['PX', 1],
    ] as const) {
      const at = flags.indexOf(unit);
      if (at >= 0) this.#expiry.set(key, this.#now() + Number(options[at + 1]) * ms);
    }
    return ok;
  }
  #remaining(key: string | undefined): number {
    if (!this.#values.has(key ?? '')) return -2;
    const at = this.#expiry.get(key ?? '');
    return at === undefined ? -1 : at - this.#now();
  }
  #hashSet([key, ...pairs]: readonly string[]): RespValue {
    const hash = this.#hash(key);
    if (hash instanceof RespFailure) return hash;
    let added = 0;
    for (let at = 0; at + 1 < pairs.length; at += 2) {
      if (!hash.has(pairs[at] ?? '')) added++;
      hash.set(pairs[at] ?? '', pairs[at + 1] ?? '');
    }
    this.#keep(key, hash);
    return added;
  }
  #type(key: string | undefined): string {
    const value = this.#values.get(key ?? '');
    if (value === undefined) return 'none';
    return typeof value === 'string' ? 'string' : Array.isArray(value) ? 'list' : value instanceof Set ? 'set' : 'hash';
  }

  readonly #commands: Readonly<Record<string, Command>> = {
    GET: ([key]) => this.#text(key),
    SET: (args) => this.#store(args),
    SETNX: ([key = '', value = '']) => (this.#store([key, value, 'NX']) === null ? 0 : 1),
    SETEX: ([key = '', seconds = '', value = '']) => this.#store([key, value, 'EX', seconds]),
    GETSET: ([key = '', value = '']) => {
      const before = this.#text(key);
      this.#store([key, value]);
      return before;
    },
    GETDEL: ([key = '']) => {
      const before = this.#text(key);
      this.#remove(key);
      return before;
    },
    MGET: (keys) => keys.map((key) => this.#text(key)),
    MSET: (pairs) => {
      for (let at = 0; at + 1 < pairs.length; at += 2) this.#store([pairs[at] ?? '', pairs[at + 1] ?? '']);
      return ok;
    },
    DEL: (keys) => keys.filter((key) => this.#remove(key)).length,
    UNLINK: (keys) => keys.filter((key) => this.#remove(key)).length,
    EXISTS: (keys) => keys.filter((key) => this.#values.has(key)).length,
    TYPE: ([key]) => new RespStatus(this.#type(key)),
    KEYS: ([pattern = '*']) => [...this.#values.keys()].filter((key) => matchesPattern(key, pattern)),
    SCAN: () => ['0', [...this.#values.keys()]],
    DBSIZE: () => this.#values.size,
    RENAME: ([from = '', to = '']) => {
      const value = this.#values.get(from);
      if (value === undefined) return new RespFailure('ERR no such key');
      this.#remove(from);
      this.#values.set(to, value);
      return ok;
    },
    INCR: ([key]) => this.#add(key, undefined, 1),
    DECR: ([key]) => this.#add(key, undefined, -1),
    INCRBY: ([key, by]) => this.#add(key, by, 1),
    DECRBY: ([key, by]) => this.#add(key, by, -1),
    APPEND: ([key = '', value = '']) => {
      const before = this.#text(key) ?? '';
      if (before instanceof RespFailure) return before;
      this.#values.set(key, before + value);
      return (before + value).length;
    },
    STRLEN: ([key]) => {
      const value = this.#text(key);
      return value instanceof RespFailure ? value : (value?.length ?? 0);
    },
    EXPIRE: ([key = '', seconds]) =>
      this.#values.has(key) ? (this.#expiry.set(key, this.#now() + Number(seconds) * 1000), 1) : 0,
    PEXPIRE: ([key = '', ms]) => (this.#values.has(key) ? (this.#expiry.set(key, this.#now() + Number(ms)), 1) : 0),
    PERSIST: ([key = '']) => (this.#expiry.delete(key) ? 1 : 0),
    TTL: ([key]) => (this.#remaining(key) < 0 ? this.#remaining(key) : Math.ceil(this.#remaining(key) / 1000)),
    PTTL: ([key]) => this.#remaining(key),
    LPUSH: ([key, ...values]) => this.#push(key, values, true),
    RPUSH: ([key, ...values]) => this.#push(key, values, false),
    LPOP: ([key]) => this.#pop(key, true),
    RPOP: ([key]) => this.#pop(key, false),
    LLEN: ([key]) => {
      const list = this.#list(key);
      return list instanceof RespFailure ? list : list.length;
    },
    LRANGE: ([key, from, to]) => {
      const list = this.#list(key);
      return list instanceof RespFailure ? list : this.#range(list, from, to);
    },
    LINDEX: ([key, index]) => {
      const list = this.#list(key);
      return list instanceof RespFailure ? list : (list.at(Number(index)) ?? null);
    },
    LTRIM: ([key, from, to]) => {
      const list = this.#list(key);
      if (list instanceof RespFailure) return list;
      this.#keep(key, this.#range(list, from, to));
      return ok;
    },
    HSET: (args) => this.#hashSet(args),
    HMSET: (args) => {
      const result = this.#hashSet(args);
      return result instanceof RespFailure ? result : ok;
    },
    HGET: ([key, field = '']) => {
      const hash = this.#hash(key);
      return hash instanceof RespFailure ? hash : (hash.get(field) ?? null);
    },
    HGETALL: ([key]) => {
      const hash = this.#hash(key);
      return hash instanceof RespFailure ? hash : [...hash].flat();
    },
    HKEYS: ([key]) => {
      const hash = this.#hash(key);
      return hash instanceof RespFailure ? hash : [...hash.keys()];
    },
    HLEN: ([key]) => {
      const hash = this.#hash(key);
      return hash instanceof RespFailure ? hash : hash.size;
    },
    HDEL: ([key, ...fields]) => {
      const hash = this.#hash(key);
      if (hash instanceof RespFailure) return hash;
      const removed = fields.filter((field) => hash.delete(field)).length;
      this.#keep(key, hash);
      return removed;
    },
    HINCRBY: ([key = '', field = '', by]) => {
      const hash = this.#hash(key);
      if (hash instanceof RespFailure) return hash;
      const after = Number(hash.get(field) ?? 0) + Number(by);
      hash.set(field, String(after));
      this.#keep(key, hash);
      return after;
    },
    SADD: ([key, ...members]) => {
      const set = this.#set(key);
      if (set instanceof RespFailure) return set;
      const before = set.size;
      for (const member of members) set.add(member);
      this.#keep(key, set);
      return set.size - before;
    },
    SREM: ([key, ...members]) => {
      const set = this.#set(key);
      if (set instanceof RespFailure) return set;
      const removed = members.filter((member) => set.delete(member)).length;
      this.#keep(key, set);
      return removed;
    },
    SMEMBERS: ([key]) => {
      const set = this.#set(key);
      return set instanceof RespFailure ? set : [...set].sort();
    },
    SCARD: ([key]) => {
      const set = this.#set(key);
      return set instanceof RespFailure ? set : set.size;
    },
    SISMEMBER: ([key, member = '']) => {
      const set = this.#set(key);
      return set instanceof RespFailure ? set : set.has(member) ? 1 : 0;
    },
    FLUSHALL: () => {
      this.clear();
      return ok;
    },
    FLUSHDB: () => {
      this.clear();
      return ok;
    },
  };
}
