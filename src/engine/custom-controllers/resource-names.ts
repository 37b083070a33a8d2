import type { KubernetesObject } from '../../apimachinery/object-meta.ts';
import type { ResourceRef } from '../../apimachinery/resource-ref.ts';
import { isNotFound } from '../../apimachinery/status-error.ts';
import type { Client } from '../../client/client.ts';
import { type Process, sleep } from '../../process/process.ts';
import type { ResourceName } from './definition.ts';

const retryMs = 1000;

/** `deployments.v1.apps` → its parts; the core group is empty. */
export function splitResourceName(text: ResourceName): {
  readonly resource: string;
  readonly version: string;
  readonly group: string;
} {
  const [resource = '', version = '', ...group] = text.split('.');
  return { resource, version, group: group.join('.') };
}

interface ApiResourceList {
  readonly resources: readonly { readonly name: string; readonly kind: string; readonly namespaced: boolean }[];
}

/** Finds out what the server calls a resource; waits until it serves it. `waiting` is told once when it does not yet. */
export function* resolveResource(
  client: Client,
  name: ResourceName,
  waiting: () => void,
): Process<ResourceRef<KubernetesObject>> {
  const { resource, version, group } = splitResourceName(name);
  const path = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  for (let attempt = 0; ; attempt++) {
    try {
      const { resources } = yield* client.json<ApiResourceList>({ path });
      const found = resources.find((one) => one.name === resource);
      if (found) return { group, version, resource, kind: found.kind, namespaced: found.namespaced };
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
    if (attempt === 0) waiting();
    yield* sleep(retryMs);
  }
}
