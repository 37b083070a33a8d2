// Holds the page's budgets: gzip sizes of what the browser loads, from dist/web. Budgets stand in .ci/size-budgets.json.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const budgets = JSON.parse(readFileSync('.ci/size-budgets.json', 'utf8'));
const files = readdirSync('dist/web/assets').filter((name) => name.endsWith('.js') || name.endsWith('.css'));
let good = true;
for (const { name, pattern, limitKb } of budgets) {
  const matching = files.filter((file) => new RegExp(pattern).test(file));
  const kb =
    matching.reduce(
      (sum, file) => sum + gzipSync(readFileSync(join('dist/web/assets', file)), { level: 9 }).length,
      0,
    ) / 1000;
  const fits = matching.length > 0 && kb <= limitKb;
  good &&= fits;
  console.log(`${fits ? 'ok  ' : 'OVER'} ${name}: ${kb.toFixed(1)} kB gzip of ${limitKb} (${matching.length} files)`);
}
process.exitCode = good ? 0 : 1;
