// The built page in a browser, for scripts that look at it: `--dir DIR` takes another build, `--no-build` the one that is there.
import { fileURLToPath } from 'node:url';
import { chromium } from '@playwright/test';
import { build, preview } from 'vite';
import { findChromium } from './chromium.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const flag = process.argv.indexOf('--dir');
const outDir = flag > 0 ? process.argv[flag + 1] : 'dist/web';

/** Serves the page on a free port of loopback and starts a browser: `{ url, browser, close }`. */
export async function openBuiltPage() {
  if (!process.argv.includes('--no-build'))
    await build({ root, logLevel: 'warn', build: { outDir, emptyOutDir: true } });
  const server = await preview({
    root,
    logLevel: 'warn',
    build: { outDir },
    preview: { host: '127.0.0.1', port: 4300 },
  });
  const browser = await chromium.launch({
    executablePath: findChromium(),
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
  return {
    url: server.resolvedUrls.local[0],
    browser,
    close: async () => {
      await browser.close();
      await server.close();
    },
  };
}

/** A new cluster of so many nodes, from the menu, as a person makes one. */
export async function newCluster(page, nodes) {
  await page.getByRole('button', { name: 'Cluster', exact: true }).click();
  await page.getByRole('menuitem', { name: /New cluster/ }).click();
  await page.getByLabel('Nodes', { exact: true }).fill(String(nodes));
  await page.getByRole('button', { name: 'Start a new cluster' }).click();
  await page.getByText(`${nodes + 1}/${nodes + 1} nodes ready`).waitFor({ timeout: 120_000 });
}

/** Types a command into the first terminal. */
export async function typeCommand(page, command) {
  await page.getByRole('textbox', { name: 'Terminal 1 input' }).focus();
  await page.keyboard.insertText(command);
  await page.keyboard.press('Enter');
}
