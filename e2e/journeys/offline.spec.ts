import { expect, test } from '@playwright/test';
import { TabernetesPage } from '../fixtures/tabernetes-page.ts';

test.use({ serviceWorkers: 'allow' });

test('the page works without a network once it was there', async ({ page, context }) => {
  const tabernetes = new TabernetesPage(page);
  await tabernetes.open();
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
  await page.reload();
  await context.setOffline(true);
  await page.reload();
  await tabernetes.allNodesReady();
  await tabernetes.openExample('A first pod');
  await expect(page.locator('.monaco-editor').first()).toContainText('name: hello');
});
