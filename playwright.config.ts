import { existsSync } from 'node:fs';
import { chromium, defineConfig } from '@playwright/test';

/** `CHROMIUM_PATH`, else Playwright's own browser if it is installed, else the system's. */
function chromiumPath(): string | undefined {
  const given = process.env['CHROMIUM_PATH'];
  if (given) return given;
  return existsSync(chromium.executablePath()) ? undefined : '/usr/bin/chromium';
}

const port = Number(process.env['E2E_PORT'] ?? 4178);
const executablePath = chromiumPath();
const isRoot = process.getuid?.() === 0;

export default defineConfig({
  testDir: 'e2e',
  testMatch: '**/*.spec.ts',
  timeout: 90_000,
  expect: { timeout: 20_000 },
  retries: 0,
  workers: 1,
  fullyParallel: false,
  reporter: [['list']],
  use: {
    baseURL: `http://127.0.0.1:${port}`,
    viewport: { width: 1280, height: 720 },
    serviceWorkers: 'block',
    screenshot: 'only-on-failure',
    launchOptions: { ...(executablePath ? { executablePath } : {}), args: isRoot ? ['--no-sandbox'] : [] },
  },
  webServer: {
    command: `npx vite build && npx vite preview --host 127.0.0.1 --port ${port} --strictPort`,
    url: `http://127.0.0.1:${port}`,
    timeout: 180_000,
    reuseExistingServer: process.env['E2E_REUSE'] === '1',
  },
});
