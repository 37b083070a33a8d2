import { expect, test } from '../fixtures/test.ts';

test('the terminal reaches Services from outside, and pods through ports of its own', async ({ tabernetes }) => {
  await tabernetes.type(
    'kubectl create deployment web --image=nginx && kubectl expose deployment web --type=NodePort --port=80',
  );
  await tabernetes.type('kubectl wait --for=condition=Available deployment/web && echo avail"able"');
  await expect(tabernetes.screen).toContainText('available', { timeout: 60_000 });
  await tabernetes.type(
    'clear; node=$(kubectl get node node-1 -o jsonpath="{.status.addresses[0].address}"); port=$(kubectl get service web -o jsonpath="{.spec.ports[0].nodePort}"); curl -s $node:$port | grep title',
  );
  await expect(tabernetes.screen).toContainText('Welcome to nginx!');

  await tabernetes.type('clear; kubectl port-forward deployment/web 8080:80 &');
  await expect(tabernetes.screen).toContainText('Forwarding from 127.0.0.1:8080 -> 80');
  await tabernetes.type('curl -sI localhost:8080 | head -1');
  await expect(tabernetes.screen).toContainText('HTTP/1.1 200 OK');

  await tabernetes.type('clear; kubectl proxy &');
  await expect(tabernetes.screen).toContainText('Starting to serve on 127.0.0.1:8001');
  await tabernetes.type('curl -s localhost:8001/version | grep major');
  await expect(tabernetes.screen).toContainText('"major": "1"');
  await tabernetes.type('clear; curl localhost:9999');
  await expect(tabernetes.screen).toContainText('Failed to connect to localhost port 9999');
});
