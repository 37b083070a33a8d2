import { TabernetesPage } from '../fixtures/tabernetes-page.ts';
import { expect, test } from '../fixtures/test.ts';

test('time goes back to before a deed, and on from there', async ({ tabernetes, page }) => {
  await tabernetes.openExample('A first pod');
  await tabernetes.apply();
  await tabernetes.showList();
  const pod = tabernetes.rows('Pod', 'hello');
  await expect(pod).toContainText('Running');
  await page.getByRole('button', { name: 'Go back in time' }).click();
  await page.getByRole('menuitem', { name: /^Before .*create pods hello/ }).click();
  await tabernetes.allNodesReady();
  await expect(pod).toHaveCount(0);
  await expect(tabernetes.time).toHaveAttribute('data-paused', 'true');
  await page.getByRole('button', { name: 'Resume time' }).click();
  await tabernetes.apply();
  await expect(pod).toContainText('Running');
});

test('a link carries the cluster and its files to somebody else', async ({ tabernetes, page, browser }) => {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await tabernetes.openExample('A first pod');
  await tabernetes.apply();
  await tabernetes.showList();
  await expect(tabernetes.rows('Pod', 'hello')).toContainText('Running');
  await page.getByRole('button', { name: 'Copy a link to this moment' }).click();
  await expect(page.getByRole('region', { name: 'Notices' })).toContainText('The link was copied');
  const link = await page.evaluate(() => navigator.clipboard.readText());

  const theirs = await browser.newContext({ serviceWorkers: 'block' });
  const other = new TabernetesPage(await theirs.newPage());
  await other.page.goto(link);
  await other.allNodesReady();
  await other.showList();
  await expect(other.rows('Pod', 'hello')).toContainText('Running');
  await expect(other.page.getByRole('button', { name: 'first-pod.yaml', exact: true })).toBeVisible();
  await expect(other.page.getByRole('region', { name: 'Notices' })).toContainText('A shared cluster');
  await theirs.close();
});
