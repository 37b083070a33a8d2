import { StatusError } from '../../apimachinery/status-error.ts';
import type { Process } from '../../process/process.ts';
import { NoKindMatchError } from '../errors.ts';
import type { JsonObject } from '../../apimachinery/json-value.ts';
import type { RestClient } from './rest-client.ts';
import type { WarningCollector } from './warnings.ts';

/** One resource as discovery names it. */
export interface RestMapping {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** Plural name. */
  readonly resource: string;
  readonly singular: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly verbs: readonly string[];
  /** Names of subresources. */
  readonly subresources: readonly string[];
}

/** One version of a group with its resources, in the server's order. */
export interface ApiVersion {
  readonly group: string;
  readonly version: string;
  readonly resources: readonly RestMapping[];
}

/**
 * What the server offers, and the rules by which a word names one of it.
 *
 * Upstream: client-go/restmapper/{discovery,shortcut}.go, apimachinery/pkg/api/meta/{restmapper,priority}.go (v1.36)
 */
export class Discovery {
  /** Groups in the server's order, each with its preferred version first. */
  readonly versions: readonly ApiVersion[];
  readonly #warnings: WarningCollector;
  readonly #all: readonly RestMapping[];

  constructor(versions: readonly ApiVersion[], warnings: WarningCollector) {
    this.versions = versions;
    this.#warnings = warnings;
    this.#all = versions.flatMap((version) => version.resources);
  }

  get resources(): readonly RestMapping[] {
    return this.#all;
  }

  /** `pods`, `po`, `deploy.apps`, `deployments.v1.apps`: the resource it names, if any. Also takes kinds. */
  lookup(argument: string): RestMapping | undefined {
    const parts = argument.split('.');
    const [word = '', second = '', ...others] = parts;
    if (parts.length >= 3) {
      const full = this.resourceFor({ resource: word, version: second, group: others.join('.') });
      if (full) return full;
    }
    const group = parts.slice(1).join('.');
    return (
      this.resourceFor({ resource: word, version: '', group }) ??
      (parts.length >= 3 ? this.kindFor({ group: others.join('.'), kind: word }, second) : undefined) ??
      this.kindFor({ group, kind: word })
    );
  }

  /** The preferred resource for a partly given name; short names are expanded. */
  resourceFor(wanted: {
    readonly group: string;
    readonly version: string;
    readonly resource: string;
  }): RestMapping | undefined {
    const expanded = this.#expandShortcut(wanted);
    const word = expanded.resource.toLowerCase();
    const named = this.#all.filter((one) => one.resource === word || one.singular === word);
    const ofVersion = named.filter((one) => expanded.version === '' || one.version === expanded.version);
    if (expanded.group === '') return ofVersion[0];
    const exact = ofVersion.find((one) => one.group === expanded.group);
    if (exact !== undefined || expanded.version !== '') return exact;
    return ofVersion.find((one) => one.group.startsWith(expanded.group));
  }

  #expandShortcut(wanted: { readonly group: string; readonly version: string; readonly resource: string }) {
    const { group, resource } = wanted;
    const inGroup = this.#all.filter((one) => group === '' || one.group === group);
    if (inGroup.some((one) => one.resource === resource || one.singular === resource)) return wanted;
    const short = inGroup.filter((one) => one.shortNames.includes(resource));
    const [first] = short;
    if (first !== undefined) {
      const warned = new Set<string>();
      for (const other of short) {
        const name = other.group === '' ? other.resource : `${other.resource}.${other.group}`;
        if ((other.group === first.group && other.resource === first.resource) || warned.has(name)) continue;
        warned.add(name);
        this.#warnings.add(`short name ${JSON.stringify(resource)} could also match lower priority resource ${name}`);
      }
      return { resource: first.resource, group: first.group, version: '' };
    }
    if (group === '') return wanted;
    const prefixed = this.#all.find((one) => one.group.startsWith(group) && one.shortNames.includes(resource));
    return prefixed === undefined ? wanted : { ...wanted, resource: prefixed.resource, group: prefixed.group };
  }

  /** The resource of a kind; the kind may also be in lower case. */
  kindFor(kind: { readonly group: string; readonly kind: string }, version = ''): RestMapping | undefined {
    return this.#all.find(
      (one) =>
        one.group === kind.group &&
        (one.kind === kind.kind || one.kind.toLowerCase() === kind.kind) &&
        (version === '' || one.version === version),
    );
  }

  /** @throws NoKindMatchError */
  mappingFor(gvk: { readonly group: string; readonly version: string; readonly kind: string }): RestMapping {
    const mapping = this.kindFor(gvk, gvk.version);
    if (mapping === undefined) throw new NoKindMatchError(gvk.group, gvk.kind, gvk.version === '' ? [] : [gvk.version]);
    return mapping;
  }

  /** `resource.group` of everything in a category, or undefined when there is none. */
  expandCategory(category: string): readonly string[] | undefined {
    const found = this.#all.filter((one) => one.categories.includes(category));
    if (found.length === 0) return undefined;
    return [...new Set(found.map((one) => (one.group === '' ? one.resource : `${one.resource}.${one.group}`)))];
  }
}

const aggregated = ['v2', 'v2beta1']
  .map((version) => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`)
  .concat('application/json')
  .join(',');

/** Asks the server what it offers. @throws StatusError, ConnectionError */
export function* discover(rest: RestClient, warnings: WarningCollector): Process<Discovery> {
  const versions: ApiVersion[] = [];
  for (const path of ['/api', '/apis']) {
    const body = yield* rest.json<JsonObject>({ path, headers: { accept: aggregated } });
    if (body['kind'] === 'APIGroupDiscoveryList') versions.push(...aggregatedVersions(body));
    else versions.push(...(yield* legacyVersions(rest, path, body)));
  }
  return new Discovery(versions, warnings);
}

interface AggregatedResource {
  readonly resource: string;
  readonly responseKind?: { readonly group?: string; readonly version?: string; readonly kind?: string };
  readonly scope?: string;
  readonly singularResource?: string;
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  readonly verbs?: readonly string[];
  readonly subresources?: readonly { readonly subresource: string }[];
}
interface AggregatedGroup {
  readonly metadata?: { readonly name?: string };
  readonly versions?: readonly { readonly version: string; readonly resources?: readonly AggregatedResource[] }[];
}

function aggregatedVersions(body: JsonObject): ApiVersion[] {
  const groups = (body['items'] ?? []) as readonly AggregatedGroup[];
  return groups.flatMap((item) => {
    const group = item.metadata?.name ?? '';
    return (item.versions ?? []).map(({ version, resources = [] }) => ({
      group,
      version,
      resources: resources.map((one) => ({
        group,
        version,
        kind: one.responseKind?.kind ?? '',
        resource: one.resource,
        singular: one.singularResource || (one.responseKind?.kind ?? '').toLowerCase(),
        namespaced: one.scope === 'Namespaced',
        shortNames: one.shortNames ?? [],
        categories: one.categories ?? [],
        verbs: one.verbs ?? [],
        subresources: (one.subresources ?? []).map((sub) => sub.subresource),
      })),
    }));
  });
}

interface LegacyResource {
  readonly name: string;
  readonly kind: string;
  readonly singularName?: string;
  readonly namespaced?: boolean;
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  readonly verbs?: readonly string[];
}

/** Discovery of servers that do not aggregate: one list per group and version. */
function* legacyVersions(rest: RestClient, path: string, body: JsonObject): Process<ApiVersion[]> {
  const groups = (body['groups'] ?? []) as readonly { name: string; versions: readonly { version: string }[] }[];
  const named =
    path === '/api'
      ? ((body['versions'] ?? []) as string[]).map((version) => ({ group: '', version, path: `/api/${version}` }))
      : groups.flatMap(({ name, versions }) =>
          versions.map(({ version }) => ({ group: name, version, path: `/apis/${name}/${version}` })),
        );
  const out: ApiVersion[] = [];
  for (const { group, version, path: at } of named) {
    try {
      const list = yield* rest.json<{ readonly resources?: readonly LegacyResource[] }>({ path: at });
      out.push({ group, version, resources: legacyResources(group, version, list.resources ?? []) });
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
    }
  }
  return out;
}

function legacyResources(group: string, version: string, all: readonly LegacyResource[]): RestMapping[] {
  return all
    .filter((one) => !one.name.includes('/'))
    .map((one) => ({
      group,
      version,
      kind: one.kind,
      resource: one.name,
      singular: one.singularName || one.kind.toLowerCase(),
      namespaced: one.namespaced === true,
      shortNames: one.shortNames ?? [],
      categories: one.categories ?? [],
      verbs: one.verbs ?? [],
      subresources: all
        .filter((sub) => sub.name.startsWith(`${one.name}/`))
        .map((sub) => sub.name.slice(one.name.length + 1)),
    }));
}
