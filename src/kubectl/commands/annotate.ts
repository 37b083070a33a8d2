import type { Process } from '../../process/process.ts';
import type { Command, Invocation } from '../command.ts';
import { KubectlError } from '../errors.ts';
import { metaOf, type Unstructured, withMeta } from '../object.ts';
import { dryRunStrategy, printerOf, withDryRun } from '../options.ts';
import { parsePairs, resourcesAndPairs } from '../pairs.ts';
import {
  listingText,
  metadataFlags,
  metadataTargets,
  patchDifference,
  validateMetadataCommand,
} from './metadata-command.ts';

export const annotate: Command = {
  use: 'annotate [--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N [--resource-version=version]',
  group: 'settings',
  short: 'Update the annotations on a resource',
  example: `# Set an annotation
kubectl annotate pods web description='my frontend'

# Remove it
kubectl annotate pods web description-`,
  flags: metadataFlags('kubectl-annotate'),
  plainUseLine: true,
  completion: 'resource-type-and-name',
  run: runAnnotate,
};

const changeCauseAnnotation = 'kubernetes.io/change-cause';

function* runAnnotate(invocation: Invocation): Process<void> {
  const { flags, args, out } = invocation;
  const dryRun = yield* dryRunStrategy(invocation);
  const print = printerOf(invocation, withDryRun('annotated', dryRun));
  const { resources, pairs } = resourcesAndPairs(args, 'annotation');
  const changes = parsePairs(pairs, 'annotation', true);
  const list = flags.bool('list');
  if (list && flags.string('output') !== '') {
    throw new KubectlError('--list and --output may not be specified together');
  }
  const count = changes.set.size + changes.remove.length;
  validateMetadataCommand(invocation, { dryRun, resources, changes: count, noun: 'annotation', fileHint: 'rsrc' });
  const both = changes.remove.filter((key) => changes.set.has(key));
  if (both.length > 0) {
    throw new KubectlError(
      `can not both modify and remove the following annotation(s) in the same command: ${both.join(', ')}`,
    );
  }
  const result = yield* metadataTargets(invocation, resources);
  yield* result.visit(function* (info) {
    let object = annotated(info.object, changes, flags.bool('overwrite'));
    const local = dryRun === 'client' || flags.bool('local') || list;
    if (!local) object = yield* patchDifference(invocation, info, object, dryRun);
    if (list) {
      return yield* out.print(listingText(info, 'annotations', metaOf(object).annotations, result.singleItemImplied));
    }
    yield* print(object);
  });
}

function annotated(object: Unstructured, changes: ReturnType<typeof parsePairs>, overwrite: boolean): Unstructured {
  const before = metaOf(object).annotations ?? {};
  if (!overwrite) {
    const held = [...changes.set]
      .filter(([key, value]) => key !== changeCauseAnnotation && before[key] !== undefined && before[key] !== value)
      .map(([key]) => `'${key}' already has a value (${before[key] ?? ''})`);
    if (held.length > 0) {
      throw new KubectlError(`--overwrite is false but found the following declared annotation(s): ${held.join('; ')}`);
    }
  }
  const annotations: Record<string, string> = { ...before, ...Object.fromEntries(changes.set) };
  for (const key of changes.remove) delete annotations[key];
  return withMeta(object, { annotations: Object.keys(annotations).length > 0 ? annotations : (undefined as never) });
}
