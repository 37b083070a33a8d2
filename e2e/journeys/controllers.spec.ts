import { expect, test } from '../fixtures/test.ts';

test('a controller of one’s own runs, fails in sight, and is replaced', async ({ tabernetes, page }) => {
  await page.getByRole('button', { name: 'Examples', exact: true }).click();
  await page.getByRole('button', { name: 'Open and apply An operator of your own', exact: true }).click();
  await expect(page.getByRole('dialog')).toBeHidden();
  await tabernetes.speed(10);
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  const controller = page.getByRole('region', { name: 'Controller' });
  await expect(controller.getByRole('status')).toHaveText('Running');
  const editor = page.getByRole('region', { name: 'Editor' });
  await editor.getByRole('button', { name: 'website.yaml', exact: true }).click();
  await tabernetes.apply();
  await editor.getByRole('button', { name: 'website-operator.js', exact: true }).click();
  await tabernetes.showList();
  await expect(tabernetes.rows('Deployment', 'hello')).toContainText('2/2 ready');
  await expect(controller).toContainText('hello: 2 of 2 replicas are ready');

  await tabernetes.focusEditor();
  await page.keyboard.press('Control+Home');
  await page.keyboard.insertText('const broken = {};\n');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(controller).toContainText('loaded anew');
  await page.keyboard.press('Control+End');
  await tabernetes.focusEditor();
  await page.keyboard.press('Control+End');
  await page.keyboard.insertText('\nbroken.not.there();\n');
  await page.keyboard.press('Control+Enter');
  await expect(controller).toContainText('TypeError: Cannot read properties of undefined');
  await expect(controller.getByRole('status')).toHaveText('Running');
  await controller.getByRole('button', { name: 'Stop' }).click();
  await expect(controller.getByRole('status')).toHaveText('Stopped');
});

test('an endless loop is an error like others', async ({ tabernetes, page }) => {
  await tabernetes.openExample('An operator of your own');
  await tabernetes.replaceText(
    "defineController({ name: 'stuck', for: 'namespaces.v1', *reconcile() { while (true) {} } });",
  );
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  const controller = page.getByRole('region', { name: 'Controller' });
  await expect(controller).toContainText('RangeError: an endless loop');
  await controller.getByRole('button', { name: 'Stop' }).click();
  await expect(controller.getByRole('status')).toHaveText('Stopped');
});

test('a controller in TypeScript runs, and says where it cannot be read', async ({ tabernetes, page }) => {
  await tabernetes.openExample('An operator of your own');
  const typed = 's/^const labels = (name)/const labels = (name: string): Record<string, string>/';
  await tabernetes.type(`sed '${typed}' website-operator.js > operator.ts && grep -c string operator.ts`);
  await expect(tabernetes.lines.filter({ hasText: /^1\s*$/ })).toHaveCount(1);
  await page.getByRole('button', { name: 'Files', exact: true }).click();
  await page.getByRole('menuitem', { name: 'operator.ts' }).click();
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  const controller = page.getByRole('region', { name: 'Controller' });
  await expect(controller.getByRole('status')).toHaveText('Waits for its kind');

  await tabernetes.focusEditor();
  await page.keyboard.press('Control+Home');
  await page.keyboard.insertText('const broken: = 1;\n');
  await page.keyboard.press('Control+Enter');
  const problems = page.getByRole('region', { name: 'Problems from the cluster' });
  await expect(problems).toContainText('Not started: 1 problem');
  await expect(problems).toContainText('operator.ts:1');
  await expect(controller.getByRole('status')).toHaveText('Waits for its kind');
});
