// Makes the pictures of README.md anew, from the built page. usage: npm run pictures [-- --no-build] [--dir DIR]
import { mkdirSync, writeFileSync } from 'node:fs';
import { openBuiltPage, typeCommand } from './built-page.mjs';

const folder = 'docs/pictures';
const size = { width: 1440, height: 810 };
mkdirSync(folder, { recursive: true });
const { url, browser, close } = await openBuiltPage();
const workshop = await browser.newPage();

/** Writes what a page shows as a small picture, without what it says in its corner. */
async function take(page, name) {
  const notices = page.getByRole('region', { name: 'Notices' }).getByRole('button', { name: 'Dismiss' });
  while ((await notices.count()) > 0) await notices.first().click();
  await page.waitForTimeout(300);
  const png = (await page.screenshot({ animations: 'disabled' })).toString('base64');
  const webp = await workshop.evaluate(async (base64) => {
    const image = new Image();
    image.src = `data:image/png;base64,${base64}`;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = image.width;
    canvas.height = image.height;
    canvas.getContext('2d').drawImage(image, 0, 0);
    return canvas.toDataURL('image/webp', 0.86);
  }, png);
  const bytes = Buffer.from(webp.slice(webp.indexOf(',') + 1), 'base64');
  writeFileSync(`${folder}/${name}.webp`, bytes);
  console.log(`${folder}/${name}.webp ${Math.round(bytes.length / 1000)} kB`);
}

/** A page with a cluster of its own, in which an example was applied and what the foot of the page says has come true. */
async function pageWith(example, counts) {
  const context = await browser.newContext({ viewport: size, colorScheme: 'dark', serviceWorkers: 'block' });
  const page = await context.newPage();
  await page.goto(url);
  await page.getByText('4/4 nodes ready').waitFor({ timeout: 60_000 });
  await page.getByRole('button', { name: 'Examples', exact: true }).click();
  await page.getByRole('button', { name: `Open and apply ${example}`, exact: true }).click();
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  await page.getByLabel('Speed').selectOption('30');
  await page.getByText(counts).waitFor({ timeout: 120_000 });
  await page.getByLabel('Speed').selectOption('1');
  return page;
}

/** Virtual time goes on by so much, at a hundredfold speed. */
async function pass(page, seconds) {
  const time = page.getByLabel('Virtual time since the start');
  const now = async () =>
    (await time.innerText()).split(':').reduce((sum, part) => sum * 60 + Number.parseInt(part, 10), 0);
  const until = (await now()) + seconds;
  await page.getByLabel('Speed').selectOption('100');
  while ((await now()) < until) await page.waitForTimeout(50);
  await page.getByLabel('Speed').selectOption('1');
}

const select = async (page, kind, name) => {
  await page.getByRole('button', { name: 'List view' }).click();
  await page.getByRole('searchbox', { name: 'Filter' }).fill(name);
  const rows = page.getByRole('table', { name: 'Objects' }).getByRole('row');
  const row = rows.filter({ has: page.getByRole('cell', { name: kind, exact: true }) }).first();
  await row.getByRole('rowheader').getByRole('button').click();
  await page.getByRole('searchbox', { name: 'Filter' }).fill('');
};

const shop = await pageWith('A shop of eleven services', '24 pods running');
await shop.getByRole('radio', { name: 'Cluster' }).click();
await typeCommand(shop, 'kubectl get deployments');
await shop.waitForTimeout(2500);
await take(shop, 'shop');

await select(shop, 'Node', 'node-2');
await shop.getByRole('button', { name: 'Actions for node-2' }).click();
await shop.getByRole('menuitem', { name: 'Switch off the machine' }).click();
await shop.getByRole('radio', { name: 'Cluster' }).click();
await shop.getByRole('tab', { name: 'Events' }).first().click();
await pass(shop, 60);
await shop.waitForTimeout(1500);
await take(shop, 'node-lost');
await shop.context().close();

const why = await pageWith('Pods that fit nowhere', '3 failing');
await select(why, 'Pod', 'archive');
await why.getByRole('tab', { name: 'Why', exact: true }).click();
await why.getByRole('radio', { name: 'Cluster' }).click();
await typeCommand(why, 'kubectl get pods');
await why.waitForTimeout(1500);
await take(why, 'why');
await close();
