import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '../fixtures/test.ts';

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });

    test('axe finds nothing', async ({ tabernetes, page }) => {
      await tabernetes.openExample('A web deployment with a service');
      await tabernetes.apply();
      const scan = async () => {
        const { violations } = await new AxeBuilder({ page }).exclude('.monaco-editor').exclude('.xterm').analyze();
        return violations.map(
          ({ id, nodes }) =>
            `${id}: ${nodes.map((node) => `${node.target.join(' ')} ${node.failureSummary ?? ''}`).join('; ')}`,
        );
      };
      expect(await scan()).toEqual([]);
      await tabernetes.select('Deployment', 'web');
      expect(await scan()).toEqual([]);
      await page.getByRole('button', { name: 'Examples', exact: true }).click();
      expect(await scan()).toEqual([]);
    });
  });
}

test('the phone has the same panes', async ({ page, tabernetes }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  for (const pane of ['Editor', 'Terminal', 'Inspector', 'Events', 'Cluster']) {
    await page.getByRole('tab', { name: pane, exact: true }).click();
    await expect(page.getByRole('tabpanel', { name: pane, exact: true })).toBeVisible();
  }
  await expect(tabernetes.graph).toBeVisible();
});
