import { expect, test } from '../fixtures/test.ts';

test('shows a running cluster without being asked anything', async ({ tabernetes, page }) => {
  await expect(page.getByRole('heading', { name: /Tabernetes/ })).toBeVisible();
  await expect(page.getByRole('button', { name: 'simulated' })).toBeVisible();
  await expect(tabernetes.graph).toBeVisible();
  await expect(tabernetes.time).toHaveText(/\d\d:\d\d:\d\d/);
});

test('says what is simulated', async ({ tabernetes, page }) => {
  await expect(tabernetes.graph).toBeVisible();
  await page.getByRole('button', { name: 'simulated' }).click();
  await expect(page.getByRole('dialog')).toContainText('Machines, containers and wires are simulated');
});
