import { expect, test } from '../fixtures/test.ts';

test('replicas follow the load, up and down', async ({ tabernetes, page }) => {
  test.setTimeout(180_000);
  await page.getByRole('button', { name: 'Examples', exact: true }).click();
  await page.getByRole('button', { name: 'Open and apply Replicas by load', exact: true }).click();
  await expect(page.getByRole('dialog')).toBeHidden();
  await tabernetes.speed(100);
  await tabernetes.showList();
  const busy = tabernetes.rows('Deployment', 'busy');
  await expect(busy).toContainText(/([4-8])\/\1 ready/, { timeout: 60_000 });
  await tabernetes.type('kubectl scale deployment load --replicas=0');
  await expect(busy).toContainText('1/1 ready', { timeout: 60_000 });
});
