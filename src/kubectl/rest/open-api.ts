import type { Process } from '../../process/process.ts';
import type { JsonObject } from '../../apimachinery/json-value.ts';
import type { RestClient } from './rest-client.ts';

/** OpenAPI v3 of the server, one document a group and version, read when asked for. */
export class OpenApi {
  readonly #rest: RestClient;
  readonly #documents = new Map<string, JsonObject>();
  #paths: Readonly<Record<string, { readonly serverRelativeURL?: string }>> | undefined;

  constructor(rest: RestClient) {
    this.#rest = rest;
  }

  /** The document of a version; undefined when the server publishes none. */
  *document(group: string, version: string): Process<JsonObject | undefined> {
    const key = group === '' ? `api/${version}` : `apis/${group}/${version}`;
    const known = this.#documents.get(key);
    if (known) return known;
    this.#paths ??=
      (yield* this.#rest.json<{ paths?: Record<string, { serverRelativeURL?: string }> }>({
        path: '/openapi/v3',
      })).paths ?? {};
    const entry = this.#paths[key];
    if (entry === undefined) return undefined;
    const document = yield* this.#rest.json<JsonObject>({ path: entry.serverRelativeURL ?? `/openapi/v3/${key}` });
    this.#documents.set(key, document);
    return document;
  }

  /** The schema of a kind within its version's document. */
  *schemaOf(gvk: {
    readonly group: string;
    readonly version: string;
    readonly kind: string;
  }): Process<{ readonly document: JsonObject; readonly schema: JsonObject } | undefined> {
    const document = yield* this.document(gvk.group, gvk.version);
    if (document === undefined) return undefined;
    const schemas = ((document['components'] as JsonObject | undefined)?.['schemas'] ?? {}) as Record<
      string,
      JsonObject
    >;
    for (const schema of Object.values(schemas)) {
      const kinds = (schema['x-kubernetes-group-version-kind'] ?? []) as readonly (typeof gvk)[];
      if (kinds.some((one) => one.group === gvk.group && one.version === gvk.version && one.kind === gvk.kind)) {
        return { document, schema };
      }
    }
    return undefined;
  }
}
