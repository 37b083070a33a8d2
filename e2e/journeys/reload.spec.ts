import { expect, test } from '../fixtures/test.ts';

test('a reload keeps the files and the cluster, down to the names of the pods', async ({ tabernetes, page }) => {
  await tabernetes.openExample('A web deployment with a service');
  await tabernetes.apply();
  await tabernetes.showList();
  const running = tabernetes.rows('Pod', /^web-/).filter({ hasText: 'Running' });
  await expect(running).toHaveCount(3);
  const names = async () => (await running.getByRole('rowheader').allInnerTexts()).sort();
  const before = await names();
  await page.reload();
  await tabernetes.allNodesReady();
  await expect(page.locator('.monaco-editor').first()).toContainText('name: web');
  await expect(running).toHaveCount(3);
  expect(await names()).toEqual(before);
});
