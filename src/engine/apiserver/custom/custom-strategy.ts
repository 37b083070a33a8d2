/** How custom resources are judged when they are written. Upstream: apiextensions-apiserver/pkg/registry/customresource/{strategy,status_strategy,validator}.go (v1.36) */
import type * as apiextensionsv1 from '../../../api/apiextensions/v1.ts';
import * as field from '../../../apimachinery/field-error.ts';
import { quote } from '../../../apimachinery/go-format.ts';
import { getMember, isJsonObject } from '../../../apimachinery/json-value.ts';
import type { KubernetesObject } from '../../../apimachinery/object-meta.ts';
import { isQualifiedName, nameIsDNSSubdomain } from '../../../apimachinery/validation.ts';
import { statusOnly, type StatusStrategy, type Strategy } from '../registry/resource-definition.ts';
import type { StrategyContext } from '../registry/strategy-context.ts';
import type { WritableObject } from '../generic/operation.ts';
import type { CustomVersions } from './custom-versions.ts';
import { validateEmbedded } from './embedded.ts';
import { propertyOf, type JsonSchema } from './json-schema.ts';
import { validateListTypes } from './list-types.ts';
import { validateRules } from './rules.ts';
import { validateCustomResource, validateCustomResourceUpdate } from './schema-validator.ts';

type Scale = apiextensionsv1.CustomResourceSubresourceScale;

/** The schema and the scale of the version that a request speaks. */
function spoken(versions: CustomVersions, context: StrategyContext) {
  const version = versions.versionOf(context.apiVersion);
  const scale: Scale | undefined = versions.version(version)?.subresources?.scale;
  return { schema: versions.schema(version), scale };
}

/** The strategy of the whole object, whatever version it is written in. */
export function customStrategy(versions: CustomVersions): Strategy {
  return {
    validateName: nameIsDNSSubdomain,
    validate(object, context) {
      const { schema, scale } = spoken(versions, context);
      const errors = [
        ...validateCustomResource(schema, object),
        ...scaleErrors(object, scale),
        ...validateEmbedded(schema, object),
        ...validateListTypes(schema, object),
      ];
      return [...errors, ...validateRules(schema, object, { errors })];
    },
    validateUpdate(object, old, context) {
      const { schema, scale } = spoken(versions, context);
      const errors = [
        ...validateCustomResourceUpdate(schema, object, old),
        ...scaleErrors(object, scale),
        ...validateEmbedded(schema, object),
        ...changedListErrors(schema, object, old),
      ];
      return [...errors, ...validateRules(schema, object, { old, errors, warn: warnOf(context) })];
    },
    inVersion: (object, { apiVersion }) => versions.before(object, versions.versionOf(apiVersion)),
    canonicalize: (draft, { apiVersion }) =>
      versions.toStorage(draft as unknown as WritableObject, versions.versionOf(apiVersion)),
    ...(versions.hasWebhook
      ? { prepareToShow: (object, { apiVersion }) => versions.prepare([object], versions.versionOf(apiVersion)) }
      : {}),
    warnings: finalizerWarnings,
    allowUnconditionalUpdate: false,
  };
}

/** The strategy of the `status` subresource. */
export function customStatusStrategy(versions: CustomVersions): StatusStrategy {
  return statusOnly({
    validateUpdate(object, old, context) {
      const { schema, scale } = spoken(versions, context);
      const statusSchema = propertyOf(schema, 'status') ?? {};
      const [status, before] = [object, old].map((one) =>
        getMember(one as object as Record<string, unknown>, 'status'),
      );
      const found = status === undefined ? [] : validateCustomResourceUpdate(statusSchema, status, before);
      const errors = [
        ...found.map(belowStatus),
        ...statusScaleErrors(object, scale),
        ...changedListErrors(schema, object, old),
      ];
      return [...errors, ...validateRules(schema, object, { old, errors, warn: warnOf(context) })];
    },
  });
}

const warnOf =
  (context: StrategyContext): ((text: string) => void) =>
  (text) =>
    context.warn(text);

/** Doubled items are complained about when there were none before. */
function changedListErrors(schema: JsonSchema, object: unknown, old: unknown): field.FieldError[] {
  const errors = validateListTypes(schema, object);
  return errors.length > 0 && validateListTypes(schema, old).length > 0 ? [] : errors;
}

function belowStatus(error: field.FieldError): field.FieldError {
  const { field: inner } = error;
  return { ...error, field: inner === '<nil>' || inner === '' ? 'status' : `status.${inner}` };
}

/** A value by a simple path, or why it cannot be had. Upstream: unstructured.NestedFieldNoCopy */
function nested(object: unknown, jsonPath: string): { readonly value?: unknown; readonly error?: string } {
  const names = jsonPath.replace(/^\./, '').split('.');
  let value: unknown = object;
  for (const [i, name] of names.entries()) {
    if (value === undefined || value === null) return {};
    if (!isJsonObject(value)) {
      const at = names.slice(0, i + 1).join('.');
      return {
        error: `.${at} accessor error: ${goText(value)} is of the type ${goType(value)}, expected map[string]interface{}`,
      };
    }
    value = getMember(value, name);
  }
  return { value };
}

const goText = (value: unknown): string => (typeof value === 'object' ? JSON.stringify(value) : String(value));

function goType(value: unknown): string {
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
  if (typeof value === 'boolean') return 'bool';
  if (Array.isArray(value)) return '[]interface {}';
  return typeof value === 'string' ? 'string' : 'map[string]interface {}';
}

const maxInt32 = 2_147_483_647;

function replicaErrors(object: unknown, jsonPath: string): field.FieldError[] {
  const path = field.newPath(jsonPath);
  const { value, error } = nested(object, jsonPath);
  if (error !== undefined) return [field.invalid(path, 0, error)];
  if (value === undefined) return [];
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    const shown = `${jsonPath} accessor error: ${goText(value)} is of the type ${goType(value)}, expected int64`;
    return [field.invalid(path, 0, shown)];
  }
  if (value < 0) return [field.invalid(path, value, 'should be a non-negative integer')];
  return value > maxInt32 ? [field.invalid(path, value, `should be less than or equal to ${maxInt32}`)] : [];
}

function scaleErrors(object: unknown, scale: Scale | undefined): field.FieldError[] {
  return scale ? [...replicaErrors(object, scale.specReplicasPath), ...statusScaleErrors(object, scale)] : [];
}

function statusScaleErrors(object: unknown, scale: Scale | undefined): field.FieldError[] {
  if (!scale) return [];
  const errors = replicaErrors(object, scale.statusReplicasPath);
  const { labelSelectorPath } = scale;
  if (!labelSelectorPath) return errors;
  const { value, error } = nested(object, labelSelectorPath);
  if (error === undefined && (value === undefined || typeof value === 'string')) return errors;
  const why =
    error ?? `${labelSelectorPath} accessor error: ${goText(value)} is of the type ${goType(value)}, expected string`;
  return [...errors, field.invalid(field.newPath(labelSelectorPath), '', why)];
}

const standardFinalizers: ReadonlySet<string> = new Set(['orphan', 'foregroundDeletion', 'kubernetes']);

/** Warnings about finalizers that an object gets. Upstream: validateKubeFinalizerName */
function finalizerWarnings({ metadata }: KubernetesObject, old: KubernetesObject | undefined): string[] {
  const had = new Set(old?.metadata.finalizers ?? []);
  const added = [...new Set(metadata.finalizers ?? [])].filter((name) => !had.has(name)).sort();
  return added.flatMap((name) => {
    const at = `metadata.finalizers: ${quote(name)}: `;
    const wrong = isQualifiedName(name).map((why) => at + why);
    if (name.includes('/') || standardFinalizers.has(name)) return wrong;
    const form = name.includes('.') ? ' including a path (/)' : '';
    return [
      ...wrong,
      `${at}prefer a domain-qualified finalizer name${form} to avoid accidental conflicts with other finalizer writers`,
    ];
  });
}
