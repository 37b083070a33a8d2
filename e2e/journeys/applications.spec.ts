import { existsSync, readFileSync } from 'node:fs';
import type { TabernetesPage } from '../fixtures/tabernetes-page.ts';
import { expect, test } from '../fixtures/test.ts';

/** Other people's manifests: read where they are at hand, never copied. Without them these journeys are skipped. */
const manifests = new URL('../../../shared/manifests/', import.meta.url);
const shop = new URL('online-boutique/release/kubernetes-manifests.yaml', manifests);
const guestbook = new URL('kubernetes-examples/web/guestbook/all-in-one/guestbook-all-in-one.yaml', manifests);

async function applyText(tabernetes: TabernetesPage, file: URL): Promise<void> {
  await tabernetes.openExample('A first pod');
  await tabernetes.replaceText(readFileSync(file, 'utf8'));
  await tabernetes.apply();
  await tabernetes.speed(10);
  await tabernetes.showList();
}

/** A busybox pod to ask from. */
async function startShell(tabernetes: TabernetesPage): Promise<void> {
  await tabernetes.type('kubectl run shell --image=busybox:1.36 -- sleep 100000');
  await tabernetes.type('kubectl wait pod/shell --for=condition=Ready --timeout=5m');
  await expect(tabernetes.screen).toContainText('pod/shell condition met');
}

test('Online Boutique comes up, answers a shell in another pod, and outlives a node', async ({ tabernetes }) => {
  test.skip(!existsSync(shop), 'its manifest is not at hand');
  test.setTimeout(240_000);
  await applyText(tabernetes, shop);
  const running = tabernetes.rows('Deployment', /./).filter({ hasText: '1/1 ready' });
  await tabernetes.filter('deployment');
  await expect(running).toHaveCount(12, { timeout: 90_000 });
  await startShell(tabernetes);
  await tabernetes.type('kubectl exec shell -- wget -qO- http://frontend | grep -c "Sunglasses"');
  await expect(tabernetes.lines.filter({ hasText: /^[1-9]\d*\s*$/ })).toHaveCount(1);

  await tabernetes.filter('');
  const frontend = tabernetes.rows('Pod', /^frontend-/);
  const victim = (await frontend.first().getByRole('cell').nth(4).innerText()).trim();
  await tabernetes.select('Node', victim);
  await tabernetes.action(victim, /Switch off the machine/);
  await tabernetes.speed(100);
  await expect(tabernetes.rows('Node', victim)).toContainText('NotReady');
  await expect(frontend.filter({ hasText: 'Running' }).filter({ hasNotText: victim })).toHaveCount(1, {
    timeout: 90_000,
  });
  await tabernetes.filter('deployment');
  await expect(running).toHaveCount(12, { timeout: 90_000 });
});

test('what is written into the guestbook is read back through a replica', async ({ tabernetes }) => {
  test.skip(!existsSync(guestbook), 'its manifest is not at hand');
  test.setTimeout(240_000);
  await applyText(tabernetes, guestbook);
  await expect(tabernetes.rows('Deployment', 'frontend')).toContainText('3/3 ready', { timeout: 90_000 });
  await expect(tabernetes.rows('Deployment', 'redis-replica')).toContainText('2/2 ready', { timeout: 90_000 });
  await startShell(tabernetes);
  const ask = (query: string) => `kubectl exec shell -- wget -qO- 'http://frontend/guestbook.php?cmd=${query}'`;
  await tabernetes.type(ask('set&key=messages&value=hello-there'));
  await expect(tabernetes.screen).toContainText('Updated');
  await tabernetes.type(ask('get&key=messages'));
  await expect(tabernetes.screen).toContainText('{"data": "hello-there"}');
});
