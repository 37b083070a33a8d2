#!/usr/bin/env node
// Starts the command line. In a checkout it is built first (a fraction of a second), so that it is never older than its source.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
if (existsSync(at('../src/cli/main.ts')) && existsSync(at('../scripts/build-node.mjs'))) {
  const { buildNode } = await import('../scripts/build-node.mjs');
  await buildNode();
}
const { main } = await import('../dist/node/cli.js');
process.exitCode = await main(process.argv.slice(2));
