// An operator: it looks after objects of the kind
// Website and makes a Deployment and a Service of
// each. Run it, apply website.yaml, change something
// here and run it again: the new version takes over at
// once. In a file whose name ends in .ts it may be
// TypeScript.

const labels = (name) => ({ app: name, 'example.tabernetes.dev/website': name });

defineController({
  name: 'website-operator',
  for: 'websites.v1.example.tabernetes.dev',
  owns: ['deployments.v1.apps', 'services.v1'],

  *reconcile({ object, name, apply, owned, updateStatus, event, log }) {
    if (!object) {
      log(`${name} is gone; what it owned goes with it`);
      return;
    }
    const { image = 'nginx:1.27', replicas = 1 } = object.spec ?? {};

    yield* apply({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, labels: labels(name) },
      spec: {
        replicas,
        selector: { matchLabels: labels(name) },
        template: {
          metadata: { labels: labels(name) },
          spec: { containers: [{ name: 'web', image, ports: [{ containerPort: 80 }] }] },
        },
      },
    });
    yield* apply({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, labels: labels(name) },
      spec: { selector: labels(name), ports: [{ port: 80 }] },
    });

    const [deployment] = owned('deployments.v1.apps');
    const ready = deployment?.status?.readyReplicas ?? 0;
    const phase = ready >= replicas ? 'Ready' : 'Progressing';
    if (phase === 'Ready' && object.status?.phase !== 'Ready') {
      event('Normal', 'WebsiteReady', `${ready} of ${replicas} replicas serve ${image}`);
    }
    yield* updateStatus({ phase, readyReplicas: ready });
    log(`${name}: ${ready} of ${replicas} replicas are ready`);
  },
});
