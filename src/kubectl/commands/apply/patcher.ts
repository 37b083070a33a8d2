import { errorText } from '../../../apimachinery/error-text.ts';
import { encodeGoJson } from '../../../apimachinery/go-json.ts';
import { applyMergePatch, createThreeWayMergePatch } from '../../../apimachinery/merge-patch.ts';
import { isConflict, isInvalid, isNotFound } from '../../../apimachinery/status-error.ts';
import { createThreeWayStrategicMergePatch } from '../../../apimachinery/strategic-merge-diff.ts';
import { applyStrategicMergePatch } from '../../../apimachinery/strategic-merge-patch.ts';
import { schemaFor } from '../../../api/schema.ts';
import type { PatchType } from '../../../client/client.ts';
import { currentDriver, type Process, sleep } from '../../../process/process.ts';
import { KubectlError } from '../../errors.ts';
import { lastAppliedOf } from '../../last-applied.ts';
import type { JsonObject } from '../../../apimachinery/json-value.ts';
import type { Unstructured } from '../../object.ts';
import type { Output } from '../../output.ts';
import type { Info } from '../../resource/info.ts';
import type { ResourceHelper } from '../../rest/resource-helper.ts';

export interface PatchOutcome {
  readonly patch: JsonObject;
  readonly object: Unstructured;
}

export interface PatcherOptions {
  readonly helper: ResourceHelper;
  readonly info: Info;
  readonly overwrite: boolean;
  readonly force: boolean;
  readonly deleteOptions: JsonObject;
  readonly timeoutMs: number;
  readonly err: Output;
}

const maxPatchRetry = 5;
const triesBeforeBackOff = 1;
const patchRetryBackOffPeriodMs = 1000;

/**
 * Brings an object to what a file says: a three-way patch of what was applied last, what is wanted and what is there.
 *
 * Upstream: kubectl/pkg/cmd/apply/patcher.go Patcher (v1.36)
 */
export class Patcher {
  readonly #options: PatcherOptions;

  constructor(options: PatcherOptions) {
    this.#options = options;
  }

  /** Patches on the server, again after conflicts. @throws StatusError */
  *patch(start: Unstructured, modified: Unstructured): Process<PatchOutcome> {
    const { helper, info, force } = this.#options;
    let current = start;
    for (let tries = 0; ; tries++) {
      try {
        return yield* this.#patchOnce(current, modified);
      } catch (error) {
        if (isConflict(error) && tries < maxPatchRetry) {
          if (tries >= triesBeforeBackOff) yield* sleep(patchRetryBackOffPeriodMs);
          current = yield* helper.get(info.namespace, info.name);
          continue;
        }
        if (force && (isConflict(error) || isInvalid(error))) return yield* this.#deleteAndCreate(current, modified);
        throw error;
      }
    }
  }

  /** What the patch would make of the object, without asking the server. */
  *patchLocal(current: Unstructured, modified: Unstructured): Process<PatchOutcome> {
    const { patch, type } = yield* this.#compute(current, modified);
    if (Object.keys(patch).length === 0) return { patch, object: current };
    const schema = schemaFor(this.#options.info.served);
    const object =
      type === 'strategic' && schema !== undefined
        ? applyStrategicMergePatch(current, patch, schema)
        : (applyMergePatch(current, patch) as JsonObject);
    return { patch, object: object as Unstructured };
  }

  *#patchOnce(current: Unstructured, modified: Unstructured): Process<PatchOutcome> {
    const { helper, info } = this.#options;
    const { patch, type } = yield* this.#compute(current, modified);
    if (Object.keys(patch).length === 0) return { patch, object: current };
    return { patch, object: yield* helper.patch(info.namespace, info.name, type, patch) };
  }

  *#compute(current: Unstructured, modified: Unstructured): Process<{ patch: JsonObject; type: PatchType }> {
    const { info, overwrite, err } = this.#options;
    const text = lastAppliedOf(current);
    const original = (text === undefined || text === '' ? {} : JSON.parse(text)) as JsonObject;
    const schema = schemaFor(info.served);
    if (schema === undefined) return { patch: createThreeWayMergePatch(original, modified, current), type: 'merge' };
    try {
      const patch = createThreeWayStrategicMergePatch({ original, modified, current, schema, overwrite });
      return { patch, type: 'strategic' };
    } catch (error) {
      const why = errorText(error);
      yield* err.line(`warning: error calculating patch from openapi v3 spec: ${why}`);
      yield* err.line(`warning: error calculating patch from openapi spec: ${why}`);
      const json = (value: unknown) => `${encodeGoJson(value, { sortKeys: true })}\n`;
      const about = `original:\n${text ?? ''}\nmodified:\n${json(modified)}\ncurrent:\n${json(current)}\nfor: ${why}`;
      throw new KubectlError(`error when patching ${JSON.stringify(info.source)}: creating patch with:\n${about}`);
    }
  }

  *#deleteAndCreate(original: Unstructured, modified: Unstructured): Process<PatchOutcome> {
    const { helper, info, deleteOptions, timeoutMs } = this.#options;
    yield* helper.delete(info.namespace, info.name, deleteOptions);
    const driver = yield* currentDriver();
    const deadline = timeoutMs > 0 ? driver.now() + timeoutMs : Number.POSITIVE_INFINITY;
    for (;;) {
      try {
        yield* helper.get(info.namespace, info.name);
      } catch (error) {
        if (isNotFound(error)) break;
        throw error;
      }
      if (driver.now() > deadline) throw new KubectlError('timed out waiting for the condition');
      yield* sleep(1000);
    }
    try {
      return { patch: modified, object: yield* helper.create(info.namespace, modified) };
    } catch (error) {
      try {
        yield* helper.create(info.namespace, original);
      } catch (second) {
        throw new KubectlError(
          `An error occurred force-replacing the existing object with the newly provided one:\n\n${errorText(error)}.\n\nAdditionally, an error occurred attempting to restore the original object:\n\n${errorText(second)}`,
        );
      }
      throw error;
    }
  }
}
