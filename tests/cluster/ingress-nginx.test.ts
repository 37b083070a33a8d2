/** ingress-nginx as its manifests install it: a certificate for its webhook, a controller behind a Service of its own. */
import { expect, it } from 'vitest';
import type * as admissionv1 from '../../src/api/admissionregistration/v1.ts';
import { secrets, validatingWebhookConfigurations } from '../../src/api/resources.ts';
import { createCluster } from '../../src/engine/cluster.ts';
import { createAll, exec, webServers } from './support.ts';

const job = (name: string, args: readonly string[]): string => `
---
apiVersion: batch/v1
kind: Job
metadata: { name: ${name} }
spec:
  template:
    spec:
      restartPolicy: OnFailure
      serviceAccountName: certgen
      containers:
        - name: c
          image: registry.k8s.io/ingress-nginx/kube-webhook-certgen:v1.6.9
          args: ${JSON.stringify(args)}`;

const manifest = `
apiVersion: v1
kind: ServiceAccount
metadata: { name: certgen }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: certgen }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin }
subjects: [{ kind: ServiceAccount, name: certgen, namespace: default }]
---
apiVersion: v1
kind: Service
metadata: { name: admission }
spec: { selector: { app: controller }, ports: [{ port: 443, targetPort: 8443 }] }
---
apiVersion: v1
kind: Pod
metadata: { name: controller, labels: { app: controller } }
spec:
  volumes: [{ name: cert, secret: { secretName: webhook } }]
  containers:
    - name: controller
      image: registry.k8s.io/ingress-nginx/controller:v1.15.1
      args: [/nginx-ingress-controller, "--validating-webhook=:8443"]
      readinessProbe: { httpGet: { path: /healthz, port: 10254 } }
      volumeMounts: [{ name: cert, mountPath: /usr/local/certificates }]
---
apiVersion: v1
kind: Pod
metadata: { name: client }
spec: { containers: [{ name: c, image: curlimages/curl, command: [sleep, infinity] }] }
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: { name: webhook }
webhooks:
  - name: validate.nginx.ingress.kubernetes.io
    admissionReviewVersions: [v1]
    sideEffects: None
    clientConfig: { service: { namespace: default, name: admission } }
    rules: [{ apiGroups: [networking.k8s.io], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [ingresses] }]
${job('create', ['create', '--host=admission', '--namespace=default', '--secret-name=webhook'])}
${job('patch', ['patch', '--webhook-name=webhook', '--namespace=default', '--patch-mutating=false', '--secret-name=webhook', '--patch-failure-policy=Fail'])}
---
${webServers(1)}
`;

it('its webhook is trusted, and its pod serves the Ingresses of the class', () => {
  const cluster = createCluster({ latency: 'instant' });
  cluster.advance(5000);
  createAll(cluster, manifest);
  cluster.advance(120_000);
  expect(Object.keys(cluster.read(secrets, 'default', 'webhook')?.data ?? {}).sort()).toEqual(['ca', 'cert', 'key']);
  const { webhooks: [webhook] = [] } = cluster.read(
    validatingWebhookConfigurations,
    '',
    'webhook',
  ) as admissionv1.ValidatingWebhookConfiguration;
  expect(webhook?.clientConfig.caBundle).toMatch(/^LS0t/);
  createAll(
    cluster,
    `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: web }
spec:
  ingressClassName: nginx
  rules:
    - host: a.example
      http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: web, port: { number: 80 } } } }] }
`,
  );
  cluster.advance(10_000);
  const ip = (
    cluster.request({ path: '/api/v1/namespaces/default/pods/controller' }).body as { status: { podIP: string } }
  ).status.podIP;
  const asked = exec(cluster, 'client', ['curl', '-s', '-H', 'Host: a.example', `http://${ip}/hostname`]);
  expect(asked.stdout).toMatch(/^web-/);
  cluster.stop();
});
