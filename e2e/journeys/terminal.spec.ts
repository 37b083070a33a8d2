import { expect, test } from '../fixtures/test.ts';

test('kubectl in the terminal sees what the page applied', async ({ tabernetes }) => {
  await tabernetes.openExample('A first pod');
  await tabernetes.type('kubectl apply -f first-pod.yaml');
  await expect(tabernetes.screen).toContainText('pod/hello created');
  await tabernetes.type('kubectl get pods -o name');
  await expect(tabernetes.screen).toContainText('pod/hello');
  await tabernetes.showList();
  await expect(tabernetes.rows('Pod', 'hello')).toBeVisible();
});

test('files of the terminal are files of the editor', async ({ tabernetes, page }) => {
  await tabernetes.type('echo "kind: ConfigMap" > notes.yaml && ls');
  await expect(tabernetes.screen).toContainText('notes.yaml');
  await page.getByRole('button', { name: 'Files', exact: true }).click();
  await page.getByRole('menuitem', { name: 'notes.yaml', exact: true }).click();
  await expect(page.locator('.monaco-editor').first()).toContainText('kind: ConfigMap');
});

test('Tab completes commands and names', async ({ tabernetes, page }) => {
  await page.getByRole('textbox', { name: 'Terminal 1 input' }).focus();
  await expect(tabernetes.screen).toContainText('$');
  await page.keyboard.type('kubectl get no');
  await page.keyboard.press('Tab');
  await page.keyboard.type('control');
  await page.keyboard.press('Tab');
  await expect(tabernetes.screen).toContainText('kubectl get nodes control-plane');
});

test('explain tells what a field means', async ({ tabernetes }) => {
  await tabernetes.type('kubectl explain pod.spec.hostname');
  await expect(tabernetes.screen).toContainText('Specifies the hostname of the Pod');
});

test('a prompt follows output that ends without a line feed', async ({ tabernetes }) => {
  await tabernetes.type('printf ready');
  await expect(tabernetes.lines.filter({ hasText: /^ready~ \$/ })).toHaveCount(1);
  await tabernetes.type('echo next');
  await expect(tabernetes.lines.filter({ hasText: /^ready~ \$ echo next/ })).toHaveCount(1);
});
