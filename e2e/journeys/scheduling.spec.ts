import { expect, test } from '../fixtures/test.ts';

test('a pod that fits nowhere tells what each node was refused for', async ({ tabernetes }) => {
  await tabernetes.openExample('Pods that fit nowhere');
  await tabernetes.apply();
  await tabernetes.showList();
  await expect(tabernetes.rows('Pod', /giant/)).toHaveCount(1);
  await tabernetes.select('Pod', /giant/);
  await tabernetes.inspector.getByRole('tab', { name: 'Why' }).click();
  const filters = tabernetes.inspector.getByRole('table', { name: 'Filters by node' });
  await expect(filters.getByRole('row', { name: /^node-1/ })).toContainText('Insufficient');
  await expect(filters.getByRole('columnheader', { name: 'NodeResourcesFit' })).toBeVisible();
});

test('kubectl tabernetes why-not and kubectl top answer in the terminal', async ({ tabernetes }) => {
  await tabernetes.openExample('A first pod');
  await tabernetes.apply();
  await tabernetes.speed(30);
  await tabernetes.type(
    'kubectl wait --for=condition=Available apiservice/v1beta1.metrics.k8s.io --timeout=10m && kubectl top nodes',
  );
  await expect(tabernetes.screen).toContainText('CPU(cores)');
  await tabernetes.type('kubectl tabernetes why-not $(kubectl get pods -o name | head -n 1)');
  await expect(tabernetes.screen).toContainText('TOTAL');
});
