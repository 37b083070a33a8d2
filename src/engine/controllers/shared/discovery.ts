import type { ResourceRef } from '../../../apimachinery/resource-ref.ts';
import { parseGroupVersion } from '../../../apimachinery/resource-ref.ts';
import type { Client } from '../../../client/client.ts';
import type { Process } from '../../../process/process.ts';

/** A resource as discovery tells of it. */
export interface DiscoveredResource extends ResourceRef {
  readonly verbs: readonly string[];
}

interface ApiGroupList {
  readonly groups: readonly {
    readonly name: string;
    readonly versions: readonly { readonly groupVersion: string }[];
    readonly preferredVersion?: { readonly groupVersion: string };
  }[];
}

interface ApiResourceList {
  /** Absent in what an aggregated server answers that knows no resources. */
  readonly resources?: readonly {
    readonly name: string;
    readonly kind: string;
    readonly namespaced: boolean;
    readonly verbs: readonly string[];
  }[];
}

/** What could be discovered, and what could not. */
export interface Discovery {
  /** Each resource once, in its group's preferred version; without subresources. */
  readonly resources: readonly DiscoveredResource[];
  readonly failures: readonly { readonly groupVersion: string; readonly error: unknown }[];
}

/** Upstream: client-go/discovery/discovery_client.go ServerPreferredResources (v1.36) */
export function* serverPreferredResources(client: Client): Process<Discovery> {
  const groups = (yield* client.json<ApiGroupList>({ path: '/apis' })).groups;
  const preferred = groups.flatMap(({ versions, preferredVersion }) => {
    const first = preferredVersion?.groupVersion;
    const all = versions.map(({ groupVersion }) => groupVersion);
    return first === undefined ? all : [first, ...all.filter((version) => version !== first)];
  });
  const resources = new Map<string, DiscoveredResource>();
  const failures: { groupVersion: string; error: unknown }[] = [];
  for (const groupVersion of ['v1', ...preferred]) {
    const parsed = parseGroupVersion(groupVersion);
    if (!parsed) continue;
    try {
      const path = parsed.group === '' ? `/api/${groupVersion}` : `/apis/${groupVersion}`;
      const list = yield* client.json<ApiResourceList>({ path });
      for (const { name, kind, namespaced, verbs } of list.resources ?? []) {
        const key = `${parsed.group}/${name}`;
        if (name.includes('/') || resources.has(key)) continue;
        resources.set(key, { ...parsed, resource: name, kind, namespaced, verbs });
      }
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      failures.push({ groupVersion, error });
    }
  }
  return { resources: [...resources.values()], failures };
}
