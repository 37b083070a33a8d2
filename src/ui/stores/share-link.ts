/** A cluster as its input log, and the files beside it, packed into a URL's fragment: whoever opens it sees the same history. */
import type { ClusterSettings, InputRecord } from '../../protocol/control.ts';
import { isClusterSettings, isInputRecord, type KeptSession, nothingKept } from './session-database.ts';

export interface SharedSession {
  readonly settings: ClusterSettings;
  readonly inputs: readonly InputRecord[];
  /** Virtual ms that the cluster had run. */
  readonly elapsedMs: number;
  readonly files: ReadonlyMap<string, string>;
  readonly active: string | undefined;
}

const prefix = '#s=';
/** Longer addresses are refused by browsers. */
export const longestLink = 1_500_000;

/** The fragment for a session, from `#` on. */
export async function shareFragment({ files, ...rest }: SharedSession): Promise<string> {
  const text = JSON.stringify({ ...rest, files: [...files] });
  const packed = await through(new TextEncoder().encode(text), new CompressionStream('deflate-raw'));
  let binary = '';
  for (let at = 0; at < packed.length; at += 0x8000) binary += String.fromCharCode(...packed.subarray(at, at + 0x8000));
  return prefix + btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** Whether an address's fragment carries a session. */
export const isShared = (fragment: string): boolean => fragment.startsWith(prefix);

/** @throws when the fragment was cut short or is of something else */
export async function readShared(fragment: string): Promise<KeptSession> {
  const binary = atob(fragment.slice(prefix.length).replaceAll('-', '+').replaceAll('_', '/'));
  const packed = Uint8Array.from(binary, (char) => char.charCodeAt(0));
  const text = new TextDecoder().decode(await through(packed, new DecompressionStream('deflate-raw')));
  const value = JSON.parse(text) as Partial<Record<'settings' | 'inputs' | 'elapsedMs' | 'files' | 'active', unknown>>;
  if (!isClusterSettings(value.settings) || !Array.isArray(value.inputs) || !Array.isArray(value.files))
    throw new Error('the link carries no cluster');
  const inputs = value.inputs.filter(isInputRecord);
  const files = new Map((value.files as unknown[]).flatMap((entry) => (isFile(entry) ? [entry] : [])));
  const active = typeof value.active === 'string' && files.has(value.active) ? value.active : undefined;
  return {
    ...nothingKept,
    settings: value.settings,
    inputs,
    skipped: value.inputs.length - inputs.length,
    elapsedMs: typeof value.elapsedMs === 'number' ? value.elapsedMs : 0,
    files,
    tabs: { open: active === undefined ? [] : [active], active },
    visited: true,
  };
}

const isFile = (value: unknown): value is [string, string] =>
  Array.isArray(value) && typeof value[0] === 'string' && typeof value[1] === 'string';

async function through(bytes: Uint8Array<ArrayBuffer>, stream: GenericTransform): Promise<Uint8Array> {
  return new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(stream as never)).arrayBuffer());
}
type GenericTransform = CompressionStream | DecompressionStream;
