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
