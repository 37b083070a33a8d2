import { expect, test } from '../fixtures/test.ts';

test('a pod can be read, followed and entered', async ({ tabernetes, page }) => {
  await tabernetes.openExample('A first pod');
  await tabernetes.apply();
  await tabernetes.select('Pod', 'hello');
  await expect(tabernetes.inspector).toContainText('Running');
  await tabernetes.inspector.getByRole('tab', { name: 'Events' }).click();
  await expect(tabernetes.inspector).toContainText('Scheduled');
  await tabernetes.inspector.getByRole('tab', { name: 'YAML' }).click();
  await expect(tabernetes.inspector.locator('.monaco-editor')).toContainText('kind: Pod');
  await tabernetes.inspector.getByRole('tab', { name: 'Why' }).click();
  await expect(tabernetes.inspector).toContainText('you');
  await tabernetes.inspector.getByRole('tab', { name: 'Logs' }).click();
  await expect(tabernetes.inspector.getByRole('log')).not.toBeEmpty();
  await tabernetes.inspector.getByRole('tab', { name: 'Shell' }).click();
  await tabernetes.inspector.getByRole('textbox', { name: /^Shell in/ }).focus();
  await page.keyboard.type('hostname\n');
  await expect(tabernetes.inspector.locator('.xterm-rows')).toContainText(/hostname.*hello/s);
});

test('scaling from the inspector runs kubectl scale', async ({ tabernetes, page }) => {
  await tabernetes.openExample('A web deployment with a service');
  await tabernetes.apply();
  await tabernetes.select('Deployment', 'web');
  await tabernetes.action('web', /^Scale/);
  await page.getByLabel('Replicas').fill('5');
  await page.getByRole('button', { name: 'Scale', exact: true }).click();
  await expect(tabernetes.footer).toContainText('kubectl scale deployment/web --replicas=5 -n default');
  await expect(tabernetes.rows('Pod', /^web-/)).toHaveCount(5);
});
