import type * as corev1 from '../../src/api/core/v1.ts';
import { deployments, pods } from '../../src/api/resources.ts';
import type { KubernetesObject } from '../../src/apimachinery/object-meta.ts';
import { StatusError } from '../../src/apimachinery/status-error.ts';
import { answerOf } from '../../src/client/request.ts';
import { resourcePath } from '../../src/client/resource-path.ts';
import type { Cluster } from '../../src/engine/cluster.ts';
import { parseYamlDocuments } from '../../src/apimachinery/yaml.ts';
import * as resources from '../../src/api/resources.ts';
import type { ResourceRef } from '../../src/apimachinery/resource-ref.ts';
import { type Process, suspend } from '../../src/process/process.ts';

const refs = Object.values(resources) as readonly ResourceRef[];

/** Creates every object of a manifest, as `kubectl create -f` does. @throws StatusError of the first that is refused */
export function createAll(cluster: Cluster, yaml: string, namespace = 'default'): void {
  for (const document of parseYamlDocuments(yaml)) {
    const object = document as KubernetesObject | null;
    if (!object?.kind) continue;
    const ref = refs.find(
      (one) =>
        one.kind === object.kind && (one.group ? `${one.group}/${one.version}` : one.version) === object.apiVersion,
    );
    if (!ref) throw new Error(`no resource for ${object.apiVersion} ${object.kind}`);
    const path = resourcePath(ref, { namespace: object.metadata.namespace ?? namespace });
    complete(
      cluster,
      (function* (): Process<unknown> {
        return answerOf(
          yield* cluster
            .client()
            .raw({ method: 'POST', path, body: object, headers: { 'content-type': 'application/json' } }),
        );
      })(),
    );
  }
}

/** A Deployment and Service `web` of agnhost servers that answer with their name, and a Service `nobody` that has none. */
export const webServers = (replicas: number): string => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - name: web
          image: registry.k8s.io/e2e-test-images/agnhost:2.53
          args: [netexec, --http-port=8080]
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { selector: { app: web }, ports: [{ name: http, port: 80, targetPort: 8080 }] }
---
apiVersion: v1
kind: Service
metadata: { name: nobody }
spec: { selector: { app: nobody }, ports: [{ port: 80 }] }
`;

/** Runs a process of the cluster to its end and gives its value. @throws what it throws; Error when it does not end in an hour */
export function complete<T>(cluster: Cluster, process: Process<T>, limitMs?: number): T {
  return cluster.run(process, limitMs);
}

export interface ExecResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: number;
}

/** `kubectl exec POD -- COMMAND…`, over the API. */
export function exec(cluster: Cluster, pod: string, command: readonly string[], limitMs = 120_000): ExecResult {
  const query = [...command.map((word) => `command=${encodeURIComponent(word)}`), 'stdout=true', 'stderr=true'].join(
    '&',
  );
  const path = `/api/v1/namespaces/default/pods/${pod}/exec?${query}`;
  return complete(
    cluster,
    suspend<ExecResult>((resume, fail) => {
      const decoder = new TextDecoder();
      const out = { stdout: '', stderr: '' };
      let exit = 0;
      let status = 0;
      const call = cluster.client().stream(
        { method: 'GET', path, upgrade: ['v5.channel.k8s.io'] },
        {
          head: (head) => {
            status = head.status;
          },
          frame: (frame) => {
            if (status !== 101) return fail(StatusError.fromAnswer(status, frame));
            const bytes = frame as Uint8Array;
            const text = decoder.decode(bytes.subarray(1));
            if (bytes[0] === 1) out.stdout += text;
            else if (bytes[0] === 2) out.stderr += text;
            else if (bytes[0] === 3) exit = exitCodeOf(text);
          },
          end: () => resume({ ...out, exit }),
          fail,
        },
      );
      return () => call.abort();
    }),
    limitMs,
  );
}

function exitCodeOf(text: string): number {
  const status = JSON.parse(text) as {
    status?: string;
    details?: { causes?: { reason?: string; message?: string }[] };
  };
  if (status.status === 'Success') return 0;
  return Number(status.details?.causes?.find((cause) => cause.reason === 'ExitCode')?.message ?? 1);
}

/** Runs until every Deployment of the namespace has all its replicas available; gives those that have not. */
export function waitForDeployments(cluster: Cluster, limitMs = 600_000): string[] {
  const lacking = () =>
    cluster
      .readAll(deployments, 'default')
      .filter((deployment) => (deployment.status?.availableReplicas ?? 0) < (deployment.spec?.replicas ?? 1))
      .map((deployment) => deployment.metadata.name ?? '');
  cluster.sim.runUntil(() => lacking().length === 0, { limitMs });
  return lacking();
}

export const isReady = (pod: corev1.Pod): boolean =>
  (pod.status?.conditions ?? []).some((condition) => condition.type === 'Ready' && condition.status === 'True');

/** A busybox pod that sleeps, Ready. */
export function startShellPod(cluster: Cluster, name = 'shell'): void {
  complete(
    cluster,
    cluster
      .client()
      .resource(pods, 'default')
      .create({
        metadata: { name, namespace: 'default' },
        spec: { containers: [{ name, image: 'busybox:1.36', command: ['sleep', '1000000'] }] },
      }),
  );
  cluster.sim.runUntil(() => isReady(cluster.read(pods, 'default', name) ?? { metadata: {} }), { limitMs: 120_000 });
}
