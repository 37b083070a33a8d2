import { expect, test } from '../fixtures/test.ts';

test('the graph shows what the API holds and follows the selection', async ({ tabernetes, page }) => {
  await tabernetes.openExample('A web deployment with a service');
  await tabernetes.apply();
  await expect(tabernetes.graph).toHaveAccessibleName(/\d boxes, 3 pods or groups/);
  await tabernetes.lens('Ownership');
  await expect(tabernetes.graph).toHaveAccessibleName(/2 objects, 3 pods or groups, 4 connections/);
  await tabernetes.graph.focus();
  await page.keyboard.press('ArrowRight');
  await expect(tabernetes.inspector.getByRole('heading', { name: 'web' })).toBeVisible();
});

test('the list has the same content and can be filtered', async ({ tabernetes, page }) => {
  await tabernetes.openExample('A web deployment with a service');
  await tabernetes.apply();
  await tabernetes.showList();
  await expect(tabernetes.rows('Pod', /^web-/)).toHaveCount(3);
  await page.getByRole('searchbox', { name: 'Filter' }).fill('kind-of-nothing');
  await expect(tabernetes.rows('Pod', /^web-/)).toHaveCount(0);
  await page.getByRole('searchbox', { name: 'Filter' }).fill('app=web');
  await expect(tabernetes.rows('Pod', /^web-/)).toHaveCount(3);
});

test('the storage lens leads to the pods that mount a claim', async ({ tabernetes, page }) => {
  await page.getByRole('button', { name: 'Examples', exact: true }).click();
  await page.getByRole('button', { name: 'Open and apply A store that keeps its data', exact: true }).click();
  await expect(page.getByRole('dialog')).toBeHidden();
  await tabernetes.speed(10);
  await tabernetes.lens('Storage');
  await expect(tabernetes.graph).toHaveAccessibleName(/7 objects, 3 pods or groups, 9 connections/);
});
