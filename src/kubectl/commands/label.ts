import { isValidLabelValue } from '../../apimachinery/validation.ts';
import type { Process } from '../../process/process.ts';
import type { Command, Invocation } from '../command.ts';
import { KubectlError, throwAll } from '../errors.ts';
import { metaOf, type Unstructured, withMeta } from '../object.ts';
import { type DryRun, dryRunStrategy, printerOf, withDryRun } from '../options.ts';
import { resourcesAndPairs } from '../pairs.ts';
import type { Info } from '../resource/info.ts';
import {
  listingText,
  metadataFlags,
  metadataTargets,
  patchDifference,
  validateMetadataCommand,
} from './metadata-command.ts';

export const label: Command = {
  use: 'label [--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N [--resource-version=version]',
  group: 'settings',
  short: 'Update the labels on a resource',
  example: `# Set a label
kubectl label pods web tier=front

# Change it
kubectl label --overwrite pods web tier=back

# Remove it
kubectl label pods web tier-`,
  flags: metadataFlags('kubectl-label'),
  plainUseLine: true,
  completion: 'resource-type-and-name',
  run: runLabel,
};

interface Changes {
  readonly set: ReadonlyMap<string, string>;
  readonly remove: readonly string[];
}

function* runLabel(invocation: Invocation): Process<void> {
  const { flags, args, out } = invocation;
  const dryRun = yield* dryRunStrategy(invocation);
  const { resources, pairs } = resourcesAndPairs(args, 'label');
  const changes = parseLabels(pairs);
  const list = flags.bool('list');
  if (list && flags.string('output') !== '') {
    throw new KubectlError('--list and --output may not be specified together');
  }
  const count = changes.set.size + changes.remove.length;
  validateMetadataCommand(invocation, { dryRun, resources, changes: count, noun: 'label', fileHint: 'pod' });
  const result = yield* metadataTargets(invocation, resources);
  yield* result.visit(function* (info) {
    const local = dryRun === 'client' || flags.bool('local') || list;
    const operation = yield* labelOne(invocation, info, changes, { local, dryRun });
    if (list)
      return yield* out.print(listingText(info, 'labels', metaOf(info.object).labels, result.singleItemImplied));
    yield* printerOf(invocation, withDryRun(operation, dryRun))(info.object);
  });
}

function* labelOne(
  invocation: Invocation,
  info: Info,
  changes: Changes,
  { local, dryRun }: { readonly local: boolean; readonly dryRun: DryRun },
): Process<string> {
  const before = metaOf(info.object).labels ?? {};
  if (!local) {
    for (const key of changes.remove) {
      if (!Object.hasOwn(before, key)) yield* invocation.out.line(`label ${JSON.stringify(key)} not found.`);
    }
  }
  if (!invocation.flags.bool('overwrite')) validateNoOverwrites(before, changes.set);
  const labels: Record<string, string> = { ...before };
  const added = [...changes.set].filter(([key, value]) => before[key] !== value);
  for (const [key, value] of changes.set) labels[key] = value;
  const removed = changes.remove.filter((key) => Object.hasOwn(labels, key));
  for (const key of removed) delete labels[key];
  const changed: Unstructured = withMeta(info.object, {
    labels: Object.keys(labels).length > 0 ? labels : (undefined as never),
  });
  if (!local && added.length + removed.length > 0) yield* patchDifference(invocation, info, changed, dryRun);
  info.object = changed;
  if (added.length > 0) return removed.length > 0 ? 'modified' : 'labeled';
  return removed.length > 0 ? 'unlabeled' : 'not labeled';
}

function validateNoOverwrites(before: Readonly<Record<string, string>>, set: ReadonlyMap<string, string>): void {
  throwAll(
    [...set]
      .filter(([key, value]) => before[key] !== undefined && before[key] !== value)
      .map(
        ([key]) => new KubectlError(`'${key}' already has a value (${before[key] ?? ''}), and --overwrite is false`),
      ),
  );
}

/** Upstream: kubectl/pkg/cmd/label/label.go parseLabels (v1.36). @throws KubectlError */
export function parseLabels(specs: readonly string[]): Changes {
  const set = new Map<string, string>();
  const remove: string[] = [];
  for (const spec of specs) {
    if (spec.includes('=')) {
      const parts = spec.split('=');
      const [key = '', value = ''] = parts;
      if (parts.length !== 2) throw new KubectlError(`invalid label spec: ${spec}`);
      const problems = isValidLabelValue(value);
      if (problems.length > 0) {
        throw new KubectlError(`invalid label value: ${JSON.stringify(spec)}: ${problems.join(';')}`);
      }
      set.set(key, value);
    } else if (spec.endsWith('-')) remove.push(spec.slice(0, -1));
    else throw new KubectlError(`unknown label spec: ${spec}`);
  }
  if (remove.some((key) => set.has(key))) {
    throw new KubectlError('can not both modify and remove a label in the same command');
  }
  return { set, remove };
}
