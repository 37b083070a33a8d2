/**
 * Reads what the published Kubernetes client (`@kubernetes/client-node`, as files; it is never imported) says of each type and
 * field: `{ V1PodSpec: { '': 'PodSpec is …', containers: 'List of …' } }`. The build turns it into a chunk of its own.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

const plain = (text) =>
  text
    .split('\n')
    .map((line) => line.replace(/^\s*\*? ?/, ''))
    .join('\n')
    .trim()
    .replace(/\\(['"`])/g, '$1');

/** @returns {Record<string, Record<string, string>>} */
export function extractDescriptions() {
  const root = dirname(require.resolve('@kubernetes/client-node/package.json'));
  const folder = join(root, 'dist/gen/models');
  const out = {};
  for (const file of readdirSync(folder).sort()) {
    if (!file.endsWith('.d.ts') || !/V[0-9]/.test(file)) continue;
    const text = readFileSync(join(folder, file), 'utf8');
    const type = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*export declare class (\w+)/.exec(text);
    const name = type?.[2] ?? file.slice(0, -5);
    const fields = {};
    if (type) fields[''] = plain(type[1]);
    for (const match of text.matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*'([^']+)'\??:/g))
      fields[match[2]] = plain(match[1]);
    if (Object.keys(fields).length > 0) out[name] = fields;
  }
  return out;
}
