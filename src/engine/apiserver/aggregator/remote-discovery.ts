/** What an aggregated API serves, as aggregated discovery tells it. Upstream: apiserver/pkg/endpoints ConvertGroupVersionIntoToDiscovery (v1.36) */
import { isJsonObject, type JsonObject } from '../../../apimachinery/json-value.ts';

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** The resources of an APIResourceList, subresources below their resources; undefined when the text is none. */
export function resourcesOf(body: string, group: string, version: string): readonly object[] | undefined {
  const document = parse(body);
  if (!document || !Array.isArray(document['resources'])) return undefined;
  const entries = list(document['resources']).filter(isJsonObject);
  const kindOf = (entry: JsonObject) => ({
    group: text(entry['group']) || group,
    version: text(entry['version']) || version,
    kind: text(entry['kind']),
  });
  return entries
    .filter((entry) => !text(entry['name']).includes('/'))
    .map((entry) => {
      const name = text(entry['name']);
      const below = entries.filter((other) => text(other['name']).startsWith(`${name}/`));
      return {
        resource: name,
        responseKind: kindOf(entry),
        scope: entry['namespaced'] === true ? 'Namespaced' : 'Cluster',
        singularResource: text(entry['singularName']),
        verbs: list(entry['verbs']),
        ...optional('shortNames', entry),
        ...optional('categories', entry),
        ...(below.length > 0
          ? {
              subresources: below.map((sub) => ({
                subresource: text(sub['name']).slice(name.length + 1),
                responseKind: kindOf(sub),
                verbs: list(sub['verbs']),
              })),
            }
          : {}),
      };
    });
}

function optional(name: string, entry: JsonObject): object {
  const values = list(entry[name]);
  return values.length > 0 ? { [name]: values } : {};
}

function parse(body: string): JsonObject | undefined {
  try {
    const parsed: unknown = JSON.parse(body);
    return isJsonObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}
