import { sha256 } from '@noble/hashes/sha2.js';
import { encodeGoJson } from '../../../apimachinery/go-json.ts';
import type { JsonObject } from '../../../apimachinery/json-value.ts';

const replacements: Readonly<Record<string, string>> = { 0: 'g', 1: 'h', 3: 'k', a: 'm', e: 't' };

/** The suffix of `--append-hash`, of what identifies the content. Upstream: kubectl/pkg/util/hash/hash.go (v1.36) */
export function contentHash(content: JsonObject): string {
  const bytes = sha256(new TextEncoder().encode(encodeGoJson(content, { sortKeys: true })));
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.slice(0, 10).replace(/[013ae]/g, (character) => replacements[character] ?? character);
}
