/**
 * The versions of one CustomResourceDefinition: what each shows of a stored object. Without a webhook they differ in what their schemas
 * know. Upstream: apiextensions-apiserver/pkg/apiserver/customresource_handler.go schemaCoercingConverter (v1.36)
 */
import type * as apiextensionsv1 from '../../../api/apiextensions/v1.ts';
import { deepEqual } from '../../../apimachinery/deep-equal.ts';
import { deepFreeze } from '../../../apimachinery/deep-freeze.ts';
import type { JsonObject } from '../../../apimachinery/json-value.ts';
import type { KubernetesObject } from '../../../apimachinery/object-meta.ts';
import type { Process } from '../../../process/process.ts';
import type { WebhookServer } from '../admission/webhooks/client.ts';
import { asObject, type WritableObject } from '../generic/operation.ts';
import { ConversionWebhook } from './conversion.ts';
import type { JsonSchema } from './json-schema.ts';
import { coerce } from './structural.ts';

type Definition = apiextensionsv1.CustomResourceDefinition;
type Version = apiextensionsv1.CustomResourceDefinitionVersion;

const anything: JsonSchema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

/** All versions of one definition; of a changed definition another is made. */
export class CustomVersions {
  readonly group: string;
  readonly storage: string;
  readonly #versions: ReadonlyMap<string, Version>;
  readonly #webhook: ConversionWebhook | undefined;

  constructor({ spec }: Definition, server: WebhookServer) {
    this.group = spec.group;
    this.#versions = new Map(spec.versions.map((version) => [version.name, version]));
    this.storage = spec.versions.find(({ storage }) => storage)?.name ?? '';
    const { strategy, webhook } = spec.conversion ?? {};
    this.#webhook = strategy === 'Webhook' && webhook ? new ConversionWebhook(webhook, server) : undefined;
  }

  get hasWebhook(): boolean {
    return this.#webhook !== undefined;
  }

  apiVersion(version: string): string {
    return `${this.group}/${version}`;
  }

  /** The version that an `apiVersion` names; the stored one when it names none of these. */
  versionOf(apiVersion: string): string {
    const [group, version = ''] = apiVersion.split('/', 2);
    return group === this.group && this.#versions.has(version) ? version : this.storage;
  }

  version(name: string): Version | undefined {
    return this.#versions.get(name);
  }

  schema(version: string): JsonSchema {
    return (this.#versions.get(version)?.schema?.openAPIV3Schema ?? anything) as JsonSchema;
  }

  /** Has the webhook, if there is one, convert what is not in a version. @throws StatusError */
  *prepare(objects: readonly KubernetesObject[], version: string): Process<void> {
    if (this.#webhook) yield* this.#webhook.convert(objects, this.apiVersion(version));
  }

  /** A stored object as a version shows it: converted, pruned and defaulted. Frozen. @throws StatusError when it was not prepared */
  shown(object: KubernetesObject, version: string): KubernetesObject {
    const converted = this.#webhook?.converted(object, this.apiVersion(version)) ?? object;
    return this.#coerced(converted, version, this.apiVersion(version));
  }

  /** A stored object as a version shows it, under the stored version's name, for comparison with a draft. */
  before(object: KubernetesObject, version: string): KubernetesObject {
    if (version === this.storage && object.apiVersion === this.apiVersion(version)) return object;
    const { apiVersion: _, ...rest } = this.shown(object, version);
    return { ...rest, apiVersion: this.apiVersion(this.storage) };
  }

  /** Brings a draft that was written in a version into the stored one. @throws StatusError */
  *toStorage(draft: WritableObject, version: string): Process<void> {
    if (version === this.storage) return;
    const apiVersion = this.apiVersion(this.storage);
    let object = asObject(draft);
    if (this.#webhook) {
      const { metadata } = draft;
      const sent = { ...object, apiVersion: this.apiVersion(version), metadata: { ...metadata } } as KubernetesObject;
      yield* this.#webhook.convert([sent], apiVersion);
      object = this.#webhook.converted(sent, apiVersion);
      for (const name of ['labels', 'annotations'] as const) {
        if (object.metadata[name] === undefined) delete metadata[name];
        else metadata[name] = object.metadata[name];
      }
    }
    const { metadata: _, ...rest } = this.#coerced({ ...object, metadata: {} }, this.storage, apiVersion);
    for (const key of Object.keys(draft)) if (key !== 'metadata') delete draft[key];
    Object.assign(draft, rest);
  }

  #coerced(object: KubernetesObject, version: string, apiVersion: string): KubernetesObject {
    const { metadata, kind, apiVersion: _, ...rest } = object;
    const { value } = coerce(this.schema(version), { ...rest, metadata: {} } as unknown as JsonObject);
    const { metadata: __, ...known } = value;
    const whole = { apiVersion, kind, metadata, ...known } as KubernetesObject;
    return deepEqual(whole, object) ? object : deepFreeze(whole);
  }
}
