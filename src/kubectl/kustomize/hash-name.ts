import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { encodeGoJson } from '../../apimachinery/go-json.ts';
import type { Unstructured } from '../object.ts';

const letters: Readonly<Record<string, string>> = { 0: 'g', 1: 'h', 3: 'k', a: 'm', e: 't' };

/** Ten letters that stand for the content of a ConfigMap or Secret. Upstream: kustomize/api/hasher/hasher.go */
export function contentHash(object: Unstructured): string {
  const {
    kind,
    data = '',
    binaryData,
    stringData,
    type = '',
  } = object as Unstructured & Readonly<Record<string, unknown>>;
  const content = {
    kind,
    // The name is not part of it, though the member is.
    name: '',
    data,
    ...(kind === 'Secret' ? { type } : {}),
    ...(kind === 'ConfigMap' && binaryData !== undefined ? { binaryData } : {}),
    ...(kind === 'Secret' && stringData !== undefined ? { stringData } : {}),
  };
  const hex = bytesToHex(sha256(new TextEncoder().encode(encodeGoJson(content, { sortKeys: true }))));
  return [...hex.slice(0, 10)].map((letter) => letters[letter] ?? letter).join('');
}
