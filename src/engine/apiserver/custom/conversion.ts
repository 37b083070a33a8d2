/** Conversion between versions by a webhook. Upstream: apiextensions-apiserver/pkg/apiserver/conversion/webhook_converter.go (v1.36) */
import type * as apiextensionsv1 from '../../../api/apiextensions/v1.ts';
import { deepFreeze } from '../../../apimachinery/deep-freeze.ts';
import { quote } from '../../../apimachinery/go-format.ts';
import { isJsonObject, type JsonObject } from '../../../apimachinery/json-value.ts';
import type { KubernetesObject } from '../../../apimachinery/object-meta.ts';
import { newStatusError } from '../../../apimachinery/status-error.ts';
import type { Process } from '../../../process/process.ts';
import { callWebhook, WebhookCallError, type WebhookServer } from '../admission/webhooks/client.ts';

const timeoutSeconds = 30;

/** A conversion that did not work out. */
class ConversionError extends Error {}

/** Asks a webhook to convert objects, once for each object and version. */
export class ConversionWebhook {
  readonly #config: apiextensionsv1.WebhookConversion;
  readonly #server: WebhookServer;
  /** What became of objects, by the version they were converted to. */
  readonly #known = new WeakMap<KubernetesObject, Map<string, KubernetesObject>>();

  constructor(config: apiextensionsv1.WebhookConversion, server: WebhookServer) {
    this.#config = config;
    this.#server = server;
  }

  /** An object in a version. @throws StatusError when it was not converted before */
  converted(object: KubernetesObject, apiVersion: string): KubernetesObject {
    if (object.apiVersion === apiVersion) return object;
    const known = this.#known.get(object)?.get(apiVersion);
    if (known) return known;
    throw failure(`conversion webhook for ${gvkOf(object)} failed: the object was not converted`);
  }

  /** Asks the webhook for those objects that are in another version and that it was not asked for yet. @throws StatusError */
  *convert(objects: readonly KubernetesObject[], apiVersion: string): Process<void> {
    const missing = objects.filter(
      (object) => object.apiVersion !== apiVersion && !this.#known.get(object)?.has(apiVersion),
    );
    const [first] = missing;
    if (!first) return;
    const who = `conversion webhook for ${gvkOf(first)}`;
    let results: readonly unknown[];
    try {
      results = yield* this.#ask(missing, apiVersion);
    } catch (error) {
      if (error instanceof WebhookCallError || error instanceof ConversionError) {
        throw failure(`${who} failed: ${error.message}`);
      }
      throw error;
    }
    if (results.length !== missing.length) {
      throw failure(`${who} returned ${results.length} objects, expected ${missing.length}`);
    }
    missing.forEach((object, i) => {
      const converted = restored(object, results[i], apiVersion, who, i);
      const known = this.#known.get(object) ?? new Map<string, KubernetesObject>();
      known.set(apiVersion, deepFreeze(converted));
      this.#known.set(object, known);
    });
  }

  *#ask(objects: readonly KubernetesObject[], desiredAPIVersion: string): Process<readonly unknown[]> {
    const { clientConfig, conversionReviewVersions } = this.#config;
    const version = conversionReviewVersions.find((one) => one === 'v1' || one === 'v1beta1');
    if (version === undefined) throw new ConversionError('no supported conversion review versions');
    const uid = this.#server.uid();
    const review = {
      kind: 'ConversionReview',
      apiVersion: `apiextensions.k8s.io/${version}`,
      request: { uid, desiredAPIVersion, objects },
    };
    const answer = yield* callWebhook(clientConfig ?? {}, review, timeoutSeconds, this.#server);
    return resultsOf(answer, version, uid);
  }
}

const failure = (message: string): Error => newStatusError({ code: 500, reason: '', message });
const gvkOf = ({ apiVersion = '', kind = '' }: KubernetesObject): string => `${apiVersion}, Kind=${kind}`;

/** The converted objects of an answer. Upstream: getConvertedObjectsFromResponse @throws ConversionError */
function resultsOf(answer: JsonObject, version: string, uid: string): readonly unknown[] {
  const wanted = 'apiextensions.k8s.io/v1, Kind=ConversionReview';
  const found = `${String(answer['apiVersion'] ?? '')}, Kind=${String(answer['kind'] ?? '')}`;
  if (version === 'v1' && found !== wanted) {
    throw new ConversionError(`expected webhook response of ${wanted}, got ${found}`);
  }
  const response = answer['response'];
  if (!isJsonObject(response)) throw new ConversionError('no response provided');
  const given = typeof response['uid'] === 'string' ? response['uid'] : '';
  if (version === 'v1' && given !== uid) {
    throw new ConversionError(`expected response.uid=${quote(uid)}, got ${quote(given)}`);
  }
  const result = isJsonObject(response['result']) ? response['result'] : {};
  const status = typeof result['status'] === 'string' ? result['status'] : '';
  if (status !== 'Success') {
    const message = typeof result['message'] === 'string' ? result['message'] : '';
    throw new ConversionError(message || `response.result.status was '${status}', not 'Success'`);
  }
  return Array.isArray(response['convertedObjects']) ? response['convertedObjects'] : [];
}

/** A converted object with the metadata of the original; labels and annotations are the webhook's. @throws StatusError */
function restored(
  original: KubernetesObject,
  result: unknown,
  apiVersion: string,
  who: string,
  i: number,
): KubernetesObject {
  const at = `${who} returned invalid object at index ${i}`;
  if (!isJsonObject(result)) throw failure(`${at}: invalid type`);
  const object = result as unknown as KubernetesObject;
  if (object.apiVersion !== apiVersion) {
    throw failure(`${at}: invalid groupVersion (expected ${apiVersion}, received ${String(object.apiVersion ?? '')})`);
  }
  if (object.kind !== original.kind) {
    throw failure(`${at}: invalid kind (expected ${original.kind ?? ''}, received ${String(object.kind ?? '')})`);
  }
  const { metadata } = result;
  if (!isJsonObject(metadata)) {
    throw failure(`${who} returned invalid metadata: missing metadata in converted object`);
  }
  for (const [name, words] of identity) {
    const [was = '', is = ''] = [original.metadata[name], metadata[name] as string | undefined];
    if (was !== is) throw failure(`${who} returned invalid object: must have the same ${words}: ${was} != ${is}`);
  }
  const { labels: _, annotations: __, ...kept } = original.metadata;
  const { labels, annotations } = metadata;
  const own = { ...(labels ? { labels } : {}), ...(annotations ? { annotations } : {}) };
  return { ...object, metadata: { ...kept, ...own } } as KubernetesObject;
}

const identity = [
  ['name', 'name'],
  ['namespace', 'namespace'],
  ['uid', 'UID'],
] as const;
