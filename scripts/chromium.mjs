// Finds a Chromium for the browser journeys, or installs one: Playwright's own, else the system's package.
import { execSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chromium } from '@playwright/test';

const systemPaths = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

const present = () =>
  [process.env.CHROMIUM_PATH, chromium.executablePath(), ...systemPaths].find((path) => path && existsSync(path));

/** The path of a Chromium that can be started. @throws Error when none can be had */
export function findChromium() {
  const found = present();
  if (found) return found;
  const installers = [
    'npx playwright install --with-deps chromium',
    'apt-get update -qq && apt-get install -y -qq chromium',
    'sudo -n apt-get update -qq && sudo -n apt-get install -y -qq chromium',
  ];
  for (const command of installers) {
    try {
      console.log(`> ${command}`);
      execSync(command, { stdio: 'inherit', timeout: 600_000 });
    } catch {
      continue;
    }
    const installed = present();
    if (installed) return installed;
  }
  throw new Error('no Chromium was found and none could be installed; set CHROMIUM_PATH to one');
}
