import { errorText } from '../apimachinery/error-text.ts';
import { applyJsonPatch, type JsonPatchOperation } from '../apimachinery/json-patch.ts';
import type { JsonObject } from '../apimachinery/json-value.ts';
import { applyMergePatch } from '../apimachinery/merge-patch.ts';
import { applyStrategicMergePatch } from '../apimachinery/strategic-merge-patch.ts';
import { schemaFor } from '../api/schema.ts';
import { KubectlError } from './errors.ts';
import { flagSpecs } from './flags/flag-spec.ts';
import type { FlagSet } from './flags/flag-set.ts';
import { kindOf, type Unstructured } from './object.ts';

export const overrideFlags = flagSpecs("override-type='merge' overrides=''");

/** What `--overrides` makes of a generated object. Upstream: kubectl/pkg/cmd/util/override_options.go (v1.36). @throws KubectlError */
export function withOverrides(flags: FlagSet, object: Unstructured): Unstructured {
  const text = flags.string('overrides');
  if (text === '') return object;
  const type = flags.string('override-type');
  const schema = schemaFor(kindOf(object));
  let patch: unknown;
  try {
    patch = JSON.parse(text);
  } catch (error) {
    throw new KubectlError(type === 'json' ? errorText(error) : 'Invalid JSON Patch');
  }
  switch (type) {
    case 'json':
      return applyJsonPatch(object, patch as JsonPatchOperation[]) as Unstructured;
    case 'merge':
      return applyMergePatch(object, patch) as Unstructured;
    case 'strategic':
      return schema === undefined
        ? object
        : (applyStrategicMergePatch(object, patch as JsonObject, schema) as Unstructured);
    default:
      throw new KubectlError(`invalid override type: ${type}`);
  }
}
