import { expect, test } from '../fixtures/test.ts';

test('a reload keeps the files and the cluster', async ({ tabernetes, page }) => {
  await tabernetes.openExample('A first pod');
  await tabernetes.apply();
  await tabernetes.showList();
  await expect(tabernetes.rows('Pod', 'hello')).toContainText('Running');
  await page.reload();
  await tabernetes.allNodesReady();
  await expect(page.locator('.monaco-editor').first()).toContainText('name: hello');
  await expect(tabernetes.rows('Pod', 'hello')).toContainText('Running');
});
