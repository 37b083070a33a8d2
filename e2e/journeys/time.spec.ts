import { expect, test } from '../fixtures/test.ts';

const seconds = (text: string) => text.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);

test('time stops, steps and runs faster', async ({ tabernetes, page }) => {
  await page.getByRole('button', { name: 'Pause time' }).click();
  await expect(tabernetes.time).toHaveAttribute('data-paused', 'true');
  const before = seconds(await tabernetes.time.innerText());
  await page.getByRole('button', { name: 'Move on by 10 seconds' }).click();
  await expect.poll(async () => seconds(await tabernetes.time.innerText())).toBe(before + 10);
  await tabernetes.speed(100);
  await page.getByRole('button', { name: 'Resume time' }).click();
  await expect.poll(async () => seconds(await tabernetes.time.innerText())).toBeGreaterThan(before + 100);
});
