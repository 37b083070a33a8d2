import { expect, test } from '../fixtures/test.ts';

test('pods of a machine that is switched off run elsewhere', async ({ tabernetes, page }) => {
  await tabernetes.openExample('A web deployment with a service');
  await tabernetes.apply();
  await tabernetes.speed(10);
  await tabernetes.showList();
  await expect(tabernetes.rows('Pod', /^web-/).filter({ hasText: 'Running' })).toHaveCount(3);
  const victim = (await tabernetes.rows('Pod', /^web-/).first().getByRole('cell').nth(4).innerText()).trim();
  await tabernetes.select('Node', victim);
  await tabernetes.action(victim, /Switch off the machine/);
  await tabernetes.speed(100);
  await expect(tabernetes.rows('Node', victim)).toContainText('NotReady');
  await expect(
    tabernetes.rows('Pod', /^web-/).filter({ hasText: 'Running' }).filter({ hasNotText: victim }),
  ).toHaveCount(3);
  await tabernetes.action(victim, /Switch on the machine/);
  await expect(tabernetes.rows('Node', victim)).toContainText(`${victim}Ready`);
  await expect(page.getByRole('button', { name: 'Pause time' })).toBeVisible();
});
