import { isConflict } from '../../apimachinery/status-error.ts';
import { currentDriver, type Process, sleep } from '../../process/process.ts';
import type { Command, Invocation } from '../command.ts';
import { KubectlError } from '../errors.ts';
import { flagSpecs } from '../flags/flag-spec.ts';
import { kindOf, metaOf, numberAt, type Unstructured, withValueAt } from '../object.ts';
import { dryRunFlags, dryRunStrategy, printerOf, withDryRun } from '../options.ts';
import { printFlags } from '../printers/object-printer.ts';
import { filenameFlags, filenameOptions } from '../resource/filenames.ts';
import type { Info } from '../resource/info.ts';
import { recordFlags } from './metadata-command.ts';

export const scale: Command = {
  use: 'scale [--resource-version=version] [--current-replicas=count] --replicas=COUNT (-f FILENAME | TYPE NAME)',
  group: 'deploy',
  short: 'Set a new size for a deployment, replica set, or replication controller',
  long: 'Set a new size for a deployment, replica set, replication controller, or stateful set.\n\n --current-replicas and --resource-version are checked before the change is tried.',
  example: `kubectl scale --replicas=3 deployment/web

# Only if it has two now
kubectl scale --current-replicas=2 --replicas=3 deployment/web`,
  flags: [
    ...flagSpecs(`
      all=false current-replicas=-1 replicas=0 resource-version='' l/selector='' timeout=0s
    `),
    ...filenameFlags,
    ...printFlags,
    ...dryRunFlags,
    ...recordFlags,
  ],
  required: ['replicas'],
  plainUseLine: true,
  completion: 'resource-type-and-name',
  suggestFor: ['resize'],
  run: runScale,
};

function* runScale(invocation: Invocation): Process<void> {
  const { flags, factory, args } = invocation;
  const dryRun = yield* dryRunStrategy(invocation);
  const print = printerOf(invocation, withDryRun('scaled', dryRun));
  const replicas = flags.int('replicas');
  if (replicas < 0) {
    throw new KubectlError('The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0');
  }
  if (flags.int('current-replicas') < -1) {
    throw new KubectlError('The --current-replicas must specify an integer of -1 or greater');
  }
  const result = yield* factory
    .builder()
    .continueOnError()
    .namespaceParam(factory.namespace)
    .defaultNamespace()
    .filenameParam(factory.namespaceIsExplicit, filenameOptions(flags))
    .resourceTypeOrNameArgs(flags.bool('all'), ...args)
    .flatten()
    .labelSelectorParam(flags.string('selector'))
    .do();
  result.check();
  const { infos, error } = yield* result.infosAndError();
  if (flags.string('resource-version') !== '' && infos.length > 1) {
    throw new KubectlError('cannot use --resource-version with multiple resources');
  }
  if (infos.length === 0) throw error ?? new KubectlError('no objects passed to scale');
  for (const info of infos) {
    const size = dryRun === 'client' ? replicas : yield* scaleOne(invocation, info, replicas, dryRun === 'server');
    yield* print(withReplicas(info.object, size));
  }
  if (error !== undefined) throw error;
}

function withReplicas(object: Unstructured, replicas: number): Unstructured {
  const { group } = kindOf(object);
  return group === 'apps' || group === '' ? withValueAt(object, ['spec', 'replicas'], replicas) : object;
}

/** Upstream: kubectl/pkg/scale/scale.go Scale (v1.36). @throws KubectlError when a precondition fails */
function* scaleOne(invocation: Invocation, info: Info, replicas: number, dryRun: boolean): Process<number> {
  const driver = yield* currentDriver();
  const deadline = driver.now() + 300_000;
  for (;;) {
    try {
      const size = yield* scaleSimple(invocation, info, replicas, dryRun);
      const timeoutMs = invocation.flags.duration('timeout');
      if (timeoutMs !== 0 && !dryRun) yield* untilScaled(info, replicas, timeoutMs);
      return size;
    } catch (error) {
      if (!isConflict(error)) throw error;
      if (driver.now() > deadline) throw new KubectlError('context deadline exceeded');
      yield* sleep(1000);
    }
  }
}

function* scaleSimple({ flags }: Invocation, info: Info, replicas: number, dryRun: boolean): Process<number> {
  const helper = info.helper({ dryRun, subresource: 'scale' });
  const [current, version] = [flags.int('current-replicas'), flags.string('resource-version')];
  if (current === -1 && version === '') {
    const updated = yield* helper.patch(info.namespace, info.name, 'merge', { spec: { replicas } });
    return numberAt(updated, 'spec', 'replicas') ?? 0;
  }
  const found = yield* helper.get(info.namespace, info.name);
  const size = numberAt(found, 'spec', 'replicas') ?? 0;
  if (current !== -1 && size !== current) throw preconditionError('replicas', String(current), String(size));
  const foundVersion = metaOf(found).resourceVersion ?? '';
  if (version !== '' && foundVersion !== version) throw preconditionError('resource version', version, foundVersion);
  const updated = yield* helper.replace(info.namespace, info.name, withValueAt(found, ['spec', 'replicas'], replicas));
  return numberAt(updated, 'spec', 'replicas') ?? 0;
}

const preconditionError = (what: string, expected: string, actual: string): KubectlError =>
  new KubectlError(`Expected ${what} to be ${expected}, was ${actual}`);

function* untilScaled(info: Info, replicas: number, timeoutMs: number): Process<void> {
  const driver = yield* currentDriver();
  const deadline = driver.now() + timeoutMs;
  const helper = info.helper({ subresource: 'scale' });
  for (;;) {
    const found = yield* helper.get(info.namespace, info.name);
    const spec = numberAt(found, 'spec', 'replicas') ?? 0;
    if (spec !== replicas || (numberAt(found, 'status', 'replicas') ?? 0) === replicas) return;
    if (driver.now() >= deadline)
      throw new KubectlError(`timed out waiting for ${JSON.stringify(info.name)} to be synced`);
    yield* sleep(1000);
  }
}
