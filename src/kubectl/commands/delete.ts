import { isForbidden, isMethodNotSupported, isNotFound } from '../../apimachinery/status-error.ts';
import { currentDriver, type Process } from '../../process/process.ts';
import type { Command, Invocation } from '../command.ts';
import { cascadingStrategy } from '../delete-flags.ts';
import { addSourceToError, KubectlError } from '../errors.ts';
import { flagSpecs } from '../flags/flag-spec.ts';
import { metaOf, type Unstructured } from '../object.ts';
import { type DryRun, dryRunFlags, dryRunStrategy } from '../options.ts';
import { checkRawPath, rawBody, rawRequest } from '../raw-http.ts';
import { filenameFlags, filenameOptions } from '../resource/filenames.ts';
import type { Info } from '../resource/info.ts';
import type { Result } from '../resource/result.ts';
import { untilDeleted } from '../waiting.ts';

export const deleteCommand: Command = {
  use: 'delete ([-f FILENAME] | [-k DIRECTORY] | TYPE [(NAME | -l label | --all)])',
  group: 'intermediate',
  short: 'Delete resources by file names, stdin, resources and names, or by resources and label selector',
  long: `Delete resources by file names, stdin, resources and names, or by resources and label selector.

 Objects that stop gracefully get time to do so; --grace-period and --now change how much. --force does not wait for the node to confirm. What owns nothing any more is collected as --cascade says.`,
  example: `# By file
kubectl delete -f pod.yaml

# By name
kubectl delete pod web

# By label
kubectl delete pods,services -l app=web

# At once, without waiting
kubectl delete pod web --now
kubectl delete pod web --force`,
  flags: [
    ...flagSpecs(`
      all=false A/all-namespaces=false cascade='background'?background field-selector='' force=false grace-period=-1
      ignore-not-found=false i/interactive=false now=false o/output='' raw='' l/selector='' timeout=0s wait=true
    `),
    ...filenameFlags,
    ...dryRunFlags,
  ],
  plainUseLine: true,
  completion: 'resource-type-and-name',
  suggestFor: ['rm'],
  run: runDelete,
};

/** How things are deleted. */
export interface DeleteSettings {
  readonly gracePeriod: number;
  readonly propagationPolicy: 'Background' | 'Foreground' | 'Orphan';
  readonly dryRun: DryRun;
  readonly ignoreNotFound: boolean;
  readonly wait: boolean;
  /** 0: a week. */
  readonly timeoutMs: number;
  readonly outputName: boolean;
  readonly quiet: boolean;
  readonly warnClusterScope: boolean;
}

function* runDelete(invocation: Invocation): Process<void> {
  const { flags } = invocation;
  const settings = yield* settingsOf(invocation);
  if (flags.string('raw') !== '') return yield* deleteRaw(invocation);
  const result = yield* buildResult(invocation);
  result.check();
  yield* validate(invocation, settings);
  let chosen: ReadonlySet<string> | undefined;
  if (flags.bool('interactive')) {
    chosen = yield* confirm(invocation, yield* buildResult(invocation));
    if (chosen === undefined) return;
  }
  yield* deleteResult(invocation, result, settings, chosen);
}

function* settingsOf(invocation: Invocation): Process<DeleteSettings> {
  const { flags, factory } = invocation;
  let gracePeriod = flags.int('grace-period');
  const selects = flags.bool('all') || flags.string('selector') !== '' || flags.string('field-selector') !== '';
  const propagationPolicy = cascadingStrategy(flags);
  if (flags.bool('now')) {
    if (gracePeriod !== -1) throw new KubectlError('--now and --grace-period cannot be specified together');
    gracePeriod = 1;
  }
  if (gracePeriod === 0 && !flags.bool('force')) gracePeriod = 1;
  if (flags.bool('force') && gracePeriod < 0) gracePeriod = 0;
  return {
    gracePeriod,
    propagationPolicy,
    dryRun: yield* dryRunStrategy(invocation),
    ignoreNotFound: flags.bool('ignore-not-found') || (selects && !flags.changed('ignore-not-found')),
    wait: flags.bool('wait'),
    timeoutMs: flags.duration('timeout'),
    outputName: flags.string('output') === 'name',
    quiet: false,
    warnClusterScope: factory.namespaceIsExplicit && !flags.bool('all-namespaces'),
  };
}

function* buildResult({ factory, flags, args }: Invocation): Process<Result> {
  return yield* factory
    .builder()
    .continueOnError()
    .namespaceParam(factory.namespace)
    .defaultNamespace()
    .filenameParam(factory.namespaceIsExplicit, filenameOptions(flags))
    .labelSelectorParam(flags.string('selector'))
    .fieldSelectorParam(flags.string('field-selector'))
    .selectAllParam(flags.bool('all'))
    .allNamespaces(flags.bool('all-namespaces'))
    .resourceTypeOrNameArgs(false, ...args)
    .requireObject(false)
    .flatten()
    .do();
}

function* validate({ flags, err }: Invocation, settings: DeleteSettings): Process<void> {
  const output = flags.string('output');
  if (output !== '' && output !== 'name') {
    throw new KubectlError(`unexpected -o output mode: ${output}. We only support '-o name'`);
  }
  if (flags.bool('all') && flags.string('selector') !== '') {
    throw new KubectlError('cannot set --all and --selector at the same time');
  }
  if (flags.bool('all') && flags.string('field-selector') !== '') {
    throw new KubectlError('cannot set --all and --field-selector at the same time');
  }
  if (!flags.bool('force')) return;
  if (settings.gracePeriod > 0) {
    throw new KubectlError('--force and --grace-period greater than 0 cannot be specified together');
  }
  yield* err.line(
    'Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.',
  );
}

function* deleteRaw(invocation: Invocation): Process<void> {
  const { flags } = invocation;
  const files = filenameOptions(flags);
  if (flags.bool('interactive')) throw new KubectlError('--interactive can not be used with --raw');
  if (files.filenames.length > 1) throw new KubectlError('--raw can only use a single local file or stdin');
  if (files.recursive) throw new KubectlError('--raw and --recursive are mutually exclusive');
  if (flags.string('output') !== '') throw new KubectlError('--raw and --output are mutually exclusive');
  const path = flags.string('raw');
  checkRawPath(path);
  const [file] = files.filenames;
  const body = file === undefined ? {} : { body: yield* rawBody(invocation, file) };
  yield* rawRequest(invocation, { method: 'DELETE', path, headers: { 'content-type': 'application/json' }, ...body });
}

function* confirm(invocation: Invocation, preview: Result): Process<ReadonlySet<string> | undefined> {
  const { out, context } = invocation;
  const infos = yield* preview.infos();
  if (infos.length === 0) {
    yield* out.line('No resources found');
    return undefined;
  }
  yield* out.line(`You are about to delete the following ${infos.length} resource(s):`);
  for (const info of infos) yield* out.line(`${kindName(info)}/${info.name}`);
  yield* out.print('Do you want to continue? (y/N): ');
  const answer = new TextDecoder().decode((yield* context.stdin.read()) ?? new Uint8Array());
  if (/^\s*y\s*$/i.test(answer.split('\n')[0] ?? '')) return new Set(infos.map(locationOf));
  yield* out.line('deletion is cancelled');
  return undefined;
}

const locationOf = (info: Info): string =>
  `${info.served.group}/${info.served.resource}/${info.namespace}/${info.name}`;

const kindName = ({ served: { kind, group } }: Info): string =>
  group === '' ? kind.toLowerCase() : `${kind.toLowerCase()}.${group}`;

/** Deletes what a result holds and waits until it is gone. Upstream: kubectl/pkg/cmd/delete/delete.go DeleteResult (v1.36) */
export function* deleteResult(
  invocation: Invocation,
  result: Result,
  settings: DeleteSettings,
  chosen?: ReadonlySet<string>,
): Process<void> {
  const { out, err } = invocation;
  if (settings.ignoreNotFound) result.ignoreErrors(isNotFound);
  const deleted: { readonly info: Info; readonly uid: string }[] = [];
  let warnClusterScope = settings.warnClusterScope;
  let found = 0;
  yield* result.visit(function* (info) {
    if (chosen !== undefined && !chosen.has(locationOf(info))) return;
    found++;
    if (warnClusterScope && !info.served.namespaced) {
      yield* err.line('Warning: deleting cluster-scoped resources, not scoped to the provided namespace');
      warnClusterScope = false;
    }
    let uid = '';
    if (settings.dryRun !== 'client') {
      const answer = yield* deleteOne(info, settings);
      uid = uidOf(answer);
    }
    deleted.push({ info, uid });
    if (!settings.quiet) yield* out.print(deletedText(info, settings));
  });
  if (found === 0) return yield* out.line('No resources found');
  if (!settings.wait || settings.dryRun !== 'none') return;
  const driver = yield* currentDriver();
  const deadline = driver.now() + (settings.timeoutMs === 0 ? 168 * 3_600_000 : settings.timeoutMs);
  for (const { info, uid } of deleted) {
    try {
      yield* untilDeleted(info, deadline, { uid });
    } catch (error) {
      if (isForbidden(error) || isMethodNotSupported(error)) return;
      throw error;
    }
  }
}

/** The uid an answer to a deletion tells: of the object, or within a Status. */
function uidOf(answer: Unstructured): string {
  if (answer.kind !== 'Status') return metaOf(answer).uid ?? '';
  return String((answer['details'] as { uid?: string } | undefined)?.uid ?? '');
}

function* deleteOne(info: Info, settings: DeleteSettings): Process<Unstructured> {
  const helper = info.helper({ dryRun: settings.dryRun === 'server' });
  const { propagationPolicy, gracePeriod } = settings;
  try {
    return yield* helper.delete(info.namespace, info.name, {
      ...(gracePeriod >= 0 ? { gracePeriodSeconds: gracePeriod } : {}),
      propagationPolicy,
    });
  } catch (error) {
    throw addSourceToError('deleting', info.source, error);
  }
}

function deletedText(info: Info, settings: DeleteSettings): string {
  if (settings.outputName) return `${kindName(info)}/${info.name}\n`;
  let operation = settings.gracePeriod === 0 ? 'force deleted' : 'deleted';
  if (info.isNamespaced) operation += ` from ${info.namespace} namespace`;
  if (settings.dryRun !== 'none') operation += settings.dryRun === 'client' ? ' (dry run)' : ' (server dry run)';
  return `${kindName(info)} "${info.name}" ${operation}\n`;
}
