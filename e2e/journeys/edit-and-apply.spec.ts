import { expect, test } from '../fixtures/test.ts';

test('an example becomes running pods', async ({ tabernetes }) => {
  await tabernetes.openExample('A web deployment with a service');
  await tabernetes.apply();
  await expect(tabernetes.footer).toContainText('kubectl apply -f web.yaml');
  await tabernetes.speed(10);
  await tabernetes.showList();
  await expect(tabernetes.rows('Pod', /^web-/).filter({ hasText: 'Running' })).toHaveCount(3);
  await expect(tabernetes.rows('Deployment', 'web')).toContainText('3/3 ready');
});

test('a mistake is marked on its line and the edit is kept', async ({ tabernetes, page }) => {
  await tabernetes.openExample('A first pod');
  await tabernetes.focusEditor();
  await page.keyboard.press('Control+End');
  await page.keyboard.insertText('      colour: blue\n');
  await page.keyboard.press('Control+Enter');
  const problems = page.getByRole('region', { name: 'Problems from the cluster' });
  await expect(problems).toContainText('unknown field "spec.containers[0].colour"');
  await problems.getByRole('button', { name: /^first-pod.yaml:\d+$/ }).click();
  await expect(page.locator('.monaco-editor').first()).toContainText('colour: blue');
});

test('the editor completes and explains fields', async ({ tabernetes, page }) => {
  await tabernetes.openExample('A first pod');
  await tabernetes.focusEditor();
  await page.keyboard.press('Control+End');
  await page.keyboard.type('  restartP', { delay: 60 });
  await expect(page.getByRole('option', { name: /restartPolicy/ })).toBeVisible();
});
