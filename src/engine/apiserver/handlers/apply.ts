/** Server-side apply. Upstream: patch.go applyPatcher, apimachinery/pkg/util/managedfields (v1.36) */
import { formatValue } from '../../../apimachinery/go-format.ts';
import { encodeGoJson } from '../../../apimachinery/go-json.ts';
import { isJsonObject, type JsonObject } from '../../../apimachinery/json-value.ts';
import type { KubernetesObject } from '../../../apimachinery/object-meta.ts';
import type { ObjectNode } from '../../../apimachinery/schema-node.ts';
import { groupVersion, parseGroupVersion } from '../../../apimachinery/resource-ref.ts';
import { newBadRequest, newStatusError, type StatusError } from '../../../apimachinery/status-error.ts';
import { lastAppliedAnnotation } from '../../../apimachinery/structured-merge/last-applied-conflicts.ts';
import { TypedValueError, validateTyped } from '../../../apimachinery/structured-merge/validate.ts';
import { duplicateYamlKeys, parseYaml } from '../../../apimachinery/yaml.ts';
import { jsonKind, zeroObject } from '../codec/decode-object.ts';
import type { Operation, WritableObject } from '../generic/operation.ts';
import type { HandlerScope } from './handler-scope.ts';
import { decodePatched, finishPatched, type Patch } from './patched-object.ts';
import type { WriteQuery } from './write-options.ts';

/** The object after an apply, in the stored version. @throws StatusError */
export function applyToObject(
  scope: HandlerScope,
  patch: Patch,
  options: WriteQuery,
  operation: Operation,
  current: KubernetesObject | undefined,
): WritableObject {
  const { context, served, services } = scope;
  const config = applyConfiguration({ ...served, kind: served.definition.kind }, patch);
  const shown = current && served.fromStorage(current);
  const empty = { kind: served.definition.kind, apiVersion: served.apiVersion, ...zeroObject(served.schema) };
  const live = (shown ?? empty) as KubernetesObject;
  const result = services.managedFields.apply({
    stored: current,
    live,
    empty,
    config,
    operation,
    force: options.force ?? false,
  });
  const duplicates = patch.object ? [] : duplicateYamlKeys(patch.text);
  reportDuplicates(context.warnings, duplicates, options);
  const value = (result.value ?? live) as JsonObject;
  const decoded = decodePatched(scope, value, {
    options,
    shown,
    complaints: [],
    show: () => formatValue(value),
    unstructured: true,
    refuse: (why) => conversionError(config, why),
  });
  const draft = finishPatched(scope, decoded, current);
  services.managedFields.applied(draft, result.managed);
  if (operation.manager === 'kubectl') updateLastApplied(draft, config);
  return draft;
}

/** Who used client-side apply before can go back to it. Upstream: managedfields/internal/lastappliedupdater.go (v1.36) */
function updateLastApplied({ metadata }: WritableObject, config: JsonObject): void {
  const annotations = metadata['annotations'] as Readonly<Record<string, string>> | undefined;
  if (annotations?.[lastAppliedAnnotation] === undefined) return;
  const text = encodeGoJson(config, { sortKeys: true });
  metadata['annotations'] = { ...annotations, [lastAppliedAnnotation]: `${text}\n` };
}

function reportDuplicates(warnings: Set<string>, duplicates: readonly string[], options: WriteQuery): void {
  if (duplicates.length === 0 || options.fieldValidation === 'Ignore') return;
  if (options.fieldValidation === 'Strict') {
    const lines = duplicates.map((line) => `  ${line}`).join('\n');
    const text = `error converting YAML to JSON: yaml: unmarshal errors:\n${lines}`;
    throw newBadRequest(`error strict decoding YAML: ${text}`);
  }
  for (const text of duplicates) warnings.add(text);
}

function readConfig(text: string): JsonObject {
  const fail = (why: string): Error => newBadRequest(`error decoding YAML: ${why}`);
  let value: unknown;
  try {
    value = parseYaml(text);
  } catch (error) {
    throw fail(`error converting YAML to JSON: ${(error as Error).message}`);
  }
  if (value === null || value === undefined) return {};
  if (isJsonObject(value)) return value;
  const why = `json: cannot unmarshal ${jsonKind(value)} into Go value of type map[string]interface {}`;
  throw fail(`error unmarshaling JSON: while decoding JSON: ${why}`);
}

/** What a request applies: of the kind it speaks of, and fit for its schema. @throws StatusError */
export function applyConfiguration(
  expected: { readonly apiVersion: string; readonly kind: string; readonly schema: ObjectNode },
  patch: Patch,
): JsonObject {
  const config = patch.object ?? readConfig(patch.text);
  const apiVersion = String(config['apiVersion'] ?? '');
  const kind = String(config['kind'] ?? '');
  const gv = parseGroupVersion(apiVersion);
  if (!gv && apiVersion !== '') throw newBadRequest('invalid object type: /, Kind=');
  if (gv && (apiVersion !== expected.apiVersion || kind !== expected.kind)) {
    throw newBadRequest(`invalid object type: ${gvkText(apiVersion)}, Kind=${kind}`);
  }
  if (apiVersion !== expected.apiVersion) {
    const shown = gv ? groupVersion(gv) : '';
    throw newBadRequest(
      `Incorrect version specified in apply patch. Specified patch version: ${shown}, expected: ${expected.apiVersion}`,
    );
  }
  const metadata = config['metadata'];
  if (isJsonObject(metadata) && metadata['managedFields'] !== undefined && metadata['managedFields'] !== null) {
    throw newBadRequest('metadata.managedFields must be nil');
  }
  try {
    validateTyped(expected.schema, config);
    return config;
  } catch (error) {
    if (!(error instanceof TypedValueError)) throw error;
    throw serverError(`failed to create typed patch object (${describeObject(config)}): ${error.message}`);
  }
}

/** The applied document does not fit its kind's struct. Upstream: managedfields/internal/structuredmerge.go Apply (v1.36) */
function conversionError(config: JsonObject, why: string): StatusError {
  const { apiVersion, kind } = config;
  const gvk = `${gvkText(String(apiVersion))}, Kind=${String(kind)}`;
  const reason = `unable to convert unstructured object to ${gvk}: ${why}`;
  return serverError(`failed to convert new object (${describeObject(config)}) to proper version: ${reason}`);
}

const serverError = (message: string): StatusError => newStatusError({ code: 500, reason: '', message });

/** `namespace/name; group/version, Kind=kind` */
function describeObject({ apiVersion, kind, metadata }: JsonObject): string {
  const given = isJsonObject(metadata) ? metadata : {};
  const word = (value: unknown): string => (typeof value === 'string' ? value : '');
  return `${word(given['namespace'])}/${word(given['name'])}; ${gvkText(word(apiVersion))}, Kind=${word(kind)}`;
}

const gvkText = (apiVersion: string): string => (apiVersion.includes('/') ? apiVersion : `/${apiVersion}`);
