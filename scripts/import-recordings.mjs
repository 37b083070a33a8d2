// Packs recordings of a real control plane into tests/recordings/cases: one compressed file of JSON lines per folder.
// usage: node scripts/import-recordings.mjs RECORDINGS-FOLDER
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';

const [source] = process.argv.slice(2);
if (!source) {
  console.error('usage: node scripts/import-recordings.mjs RECORDINGS-FOLDER');
  process.exit(2);
}
for (const folder of ['api', 'rest', 'policy', 'loops', 'kubectl']) {
  const files = readdirSync(join(source, folder)).filter((name) => name.endsWith('.json'));
  const lines = files
    .sort()
    .map((name) => JSON.stringify(JSON.parse(readFileSync(join(source, folder, name), 'utf8'))));
  const packed = brotliCompressSync(Buffer.from(lines.join('\n')), {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 },
  });
  writeFileSync(new URL(`../tests/recordings/cases/${folder}.jsonl.br`, import.meta.url), packed);
  console.log(`${folder}: ${files.length} cases, ${packed.length} bytes`);
}
