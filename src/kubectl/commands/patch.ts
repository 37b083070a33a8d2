import { errorText } from '../../apimachinery/error-text.ts';
import { deepEqual } from '../../apimachinery/deep-equal.ts';
import { quote } from '../../apimachinery/go-format.ts';
import { applyJsonPatch, type JsonPatchOperation } from '../../apimachinery/json-patch.ts';
import type { JsonObject } from '../../apimachinery/json-value.ts';
import { applyMergePatch } from '../../apimachinery/merge-patch.ts';
import { isUnsupportedMediaType } from '../../apimachinery/status-error.ts';
import { applyStrategicMergePatch } from '../../apimachinery/strategic-merge-patch.ts';
import { parseYaml } from '../../apimachinery/yaml.ts';
import { schemaFor } from '../../api/schema.ts';
import { patchContentTypes, type PatchType } from '../../client/client.ts';
import type { Process } from '../../process/process.ts';
import type { Command, Invocation } from '../command.ts';
import { KubectlError } from '../errors.ts';
import { readFileText } from '../files.ts';
import { flagSpecs } from '../flags/flag-spec.ts';
import { kindOf, type Unstructured } from '../object.ts';
import { dryRunFlags, dryRunStrategy, fieldManagerFlag, printerOf } from '../options.ts';
import { printFlags } from '../printers/object-printer.ts';
import { filenameFlags, filenameOptions } from '../resource/filenames.ts';
import type { Info } from '../resource/info.ts';
import { recordFlags } from './metadata-command.ts';

export const patch: Command = {
  use: 'patch (-f FILENAME | TYPE NAME) [-p PATCH|--patch-file FILE]',
  group: 'advanced',
  short: 'Update fields of a resource',
  long: 'Update fields of a resource with a strategic merge patch, a JSON merge patch, or a JSON patch.\n\n JSON and YAML formats are accepted. Custom resources know no strategic merge patch.',
  example: `# A strategic merge patch
kubectl patch node worker -p '{"spec":{"unschedulable":true}}'

# A JSON patch
kubectl patch pod web --type=json -p='[{"op":"replace","path":"/spec/containers/0/image","value":"nginx:1.27"}]'

# A subresource
kubectl patch deployment web --subresource=scale --type=merge -p '{"spec":{"replicas":2}}'`,
  flags: [
    ...flagSpecs("local=false p/patch='' patch-file='' subresource='' type='strategic'"),
    ...filenameFlags,
    ...printFlags,
    ...dryRunFlags,
    ...recordFlags,
    ...fieldManagerFlag('kubectl-patch'),
  ],
  plainUseLine: true,
  completion: 'resource-type-and-name',
  run: runPatch,
};

const types: readonly string[] = ['json', 'merge', 'strategic'];

function* runPatch(invocation: Invocation): Process<void> {
  const { flags, args, factory } = invocation;
  const dryRun = yield* dryRunStrategy(invocation);
  const local = flags.bool('local');
  const text = patchText(invocation);
  if (local && args.length > 0) throw new KubectlError('cannot specify --local and server resources');
  if (local && dryRun === 'server') {
    throw new KubectlError('cannot specify --local and --dry-run=server - did you mean --dry-run=client?');
  }
  const type = (flags.string('type').toLowerCase() || 'strategic') as PatchType;
  if (!types.includes(type)) {
    throw new KubectlError(`--type must be one of [${types.join(' ')}], not ${quote(flags.string('type'))}`);
  }
  const body = parsePatch(invocation, text);
  const result = yield* factory
    .builder()
    .continueOnError()
    .local(local)
    .namespaceParam(factory.namespace)
    .defaultNamespace()
    .filenameParam(factory.namespaceIsExplicit, filenameOptions(flags))
    .subresource(flags.string('subresource'))
    .resourceTypeOrNameArgs(false, ...args)
    .flatten()
    .do();
  result.check();
  let count = 0;
  yield* result.visit(function* (info) {
    count++;
    const patched =
      local || dryRun === 'client'
        ? patchedLocally(info.object, type, body)
        : yield* patchOnServer(invocation, info, type, body, dryRun === 'server');
    const operation = deepEqual(info.object, patched) ? 'patched (no change)' : 'patched';
    yield* printerOf(invocation, operation)(patched);
  });
  if (count === 0) throw new KubectlError('no objects passed to patch');
}

function patchText({ flags, context }: Invocation): string {
  const [inline, file] = [flags.string('patch'), flags.string('patch-file')];
  if (inline !== '' && file !== '') throw new KubectlError('cannot specify --patch and --patch-file together');
  if (inline === '' && file === '') {
    throw new KubectlError('must specify --patch or --patch-file containing the contents of the patch');
  }
  if (file === '') return inline;
  try {
    return readFileText(context, file);
  } catch (error) {
    throw new KubectlError(`unable to read patch file: ${errorText(error)}`);
  }
}

function parsePatch({ flags }: Invocation, text: string): unknown {
  try {
    return parseYaml(text);
  } catch (error) {
    throw new KubectlError(`unable to parse ${quote(flags.string('patch'))}: ${errorText(error)}`);
  }
}

function* patchOnServer(
  { flags }: Invocation,
  info: Info,
  type: PatchType,
  body: unknown,
  dryRun: boolean,
): Process<Unstructured> {
  const helper = info.helper({
    dryRun,
    fieldManager: flags.string('field-manager'),
    subresource: flags.string('subresource'),
  });
  const sent = typeof body === 'object' && body !== null ? body : JSON.stringify(body ?? null);
  try {
    return yield* helper.patch(info.namespace, info.name, type, sent);
  } catch (error) {
    if (!isUnsupportedMediaType(error)) throw error;
    const { group, version, kind } = info.served;
    throw new KubectlError(
      `${patchContentTypes[type]} is not supported by ${group}/${version}, Kind=${kind}: ${errorText(error)}`,
    );
  }
}

/** The patched object, without asking the server. @throws KubectlError */
export function patchedLocally(object: Unstructured, type: PatchType, body: unknown): Unstructured {
  switch (type) {
    case 'json':
      return applyJsonPatch(object, body as JsonPatchOperation[]) as Unstructured;
    case 'merge':
      return applyMergePatch(object, body) as Unstructured;
    default: {
      const { group, version, kind } = kindOf(object);
      const schema = schemaFor({ group, version, kind });
      if (schema === undefined) {
        throw new KubectlError(
          `strategic merge patch is not supported for ${group}/${version}, Kind=${kind} locally, try --type merge`,
        );
      }
      return applyStrategicMergePatch(object, body as JsonObject, schema) as Unstructured;
    }
  }
}
