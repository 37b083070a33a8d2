import { encodeGoJson } from '../../apimachinery/go-json.ts';
import { isNotFound } from '../../apimachinery/status-error.ts';
import { formatTime } from '../../apimachinery/time.ts';
import { writeYaml } from '../../apimachinery/yaml-writer.ts';
import type { Process } from '../../process/process.ts';
import type { Command, Invocation } from '../command.ts';
import { ExitError, KubectlError } from '../errors.ts';
import { resolvePath, writeFileText } from '../files.ts';
import { flagSpecs } from '../flags/flag-spec.ts';
import { isList, metaOf, omitManagedFields, type Unstructured, valueAt, withMeta, withValueAt } from '../object.ts';
import { lastAppliedAnnotation } from '../last-applied.ts';
import { fieldManagerFlag } from '../options.ts';
import { filenameFlags, filenameOptions, isFilenameSliceEmpty } from '../resource/filenames.ts';
import type { Info } from '../resource/info.ts';
import { unifiedDiff } from '../unified-diff.ts';
import { usageError } from '../usage.ts';
import { Patcher } from './apply/patcher.ts';

const mask = { same: '***', before: '*** (before)', after: '*** (after)' };

export const diff: Command = {
  use: 'diff -f FILENAME',
  group: 'advanced',
  short: 'Diff the live version against a would-be applied version',
  long: 'Shows what apply would change. The exit code is 0 for no difference, 1 for some, more for an error. KUBECTL_EXTERNAL_DIFF names another program to compare with.',
  example: `kubectl diff -f pod.json

cat service.yaml | kubectl diff -f -`,
  flags: [
    ...flagSpecs(`
      concurrency=1 force-conflicts=false prune=false prune-allowlist:array=[] l/selector='' server-side=false
      show-managed-fields=false show-secrets=false
    `),
    ...filenameFlags,
    ...fieldManagerFlag('kubectl-client-side-apply'),
  ],
  plainUseLine: true,
  errorCodeOffset: 1,
  run: runDiff,
};

interface Compared {
  readonly name: string;
  readonly live: string;
  readonly merged: string;
}

/** Upstream: kubectl/pkg/cmd/diff/diff.go DiffOptions.Run (v1.36) */
function* runDiff(invocation: Invocation): Process<void> {
  const { flags, args, factory, path } = invocation;
  if (args.length > 0) throw usageError(path, `Unexpected args: [${args.join(' ')}]`);
  const files = filenameOptions(flags);
  if (isFilenameSliceEmpty(files)) throw new KubectlError('must specify one of -f and -k');
  if (flags.bool('force-conflicts') && !flags.bool('server-side')) {
    throw new KubectlError('--force-conflicts only works with --server-side');
  }
  const result = yield* factory
    .builder()
    .namespaceParam(factory.namespace)
    .defaultNamespace()
    .filenameParam(factory.namespaceIsExplicit, files)
    .labelSelectorParam(flags.string('selector'))
    .flatten()
    .do();
  result.check();
  const compared: Compared[] = [];
  yield* result.visit(function* (info) {
    compared.push(yield* compare(invocation, info));
  });
  yield* showDifferences(invocation, compared);
}

function* compare(invocation: Invocation, info: Info): Process<Compared> {
  const { flags } = invocation;
  const local = info.object;
  let live: Unstructured | undefined;
  try {
    yield* info.get();
    live = info.object;
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
  let merged = yield* mergedObject(invocation, info, local, live);
  if (!flags.bool('show-managed-fields')) {
    live = live === undefined ? undefined : omitManagedFields(live);
    merged = omitManagedFields(merged);
  }
  if (!flags.bool('show-secrets') && merged.kind === 'Secret' && merged.apiVersion === 'v1') {
    [live, merged] = masked(live, merged);
  }
  const { group, version, kind } = info.served;
  const name = `${group === '' ? '' : `${group}.`}${version}.${kind}.${info.namespace}.${info.name}`;
  return { name, live: live === undefined ? '' : writeYaml(live), merged: writeYaml(merged) };
}

/** What the server would have after apply. */
function* mergedObject(
  { flags, err }: Invocation,
  info: Info,
  local: Unstructured,
  live: Unstructured | undefined,
): Process<Unstructured> {
  const serverSide = flags.bool('server-side');
  const manager = flags.string('field-manager');
  const fieldManager = serverSide && !flags.changed('field-manager') ? 'kubectl' : manager;
  const helper = info.helper({ dryRun: true, fieldManager });
  if (serverSide) {
    const text = encodeGoJson(local, { sortKeys: true });
    return yield* helper.patch(info.namespace, info.name, 'apply', text, { force: flags.bool('force-conflicts') });
  }
  if (live === undefined) return yield* helper.create(info.namespace, local);
  const { [lastAppliedAnnotation]: _applied, ...annotations } = metaOf(local).annotations ?? {};
  const modified = withMeta(local, { annotations });
  const patcher = new Patcher({
    helper,
    info,
    overwrite: true,
    force: false,
    deleteOptions: {},
    timeoutMs: 0,
    err,
  });
  return (yield* patcher.patch(live, modified)).object;
}

/** Secrets show only that they differ. */
function masked(live: Unstructured | undefined, merged: Unstructured): [Unstructured | undefined, Unstructured] {
  const dataOf = (object: Unstructured | undefined) =>
    (valueAt(object, 'data') ?? {}) as Readonly<Record<string, string>>;
  const [from, to] = [dataOf(live), dataOf(merged)];
  const hide = (data: Readonly<Record<string, string>>, other: Readonly<Record<string, string>>, differs: string) =>
    Object.fromEntries(
      Object.entries(data).map(([key, value]) => [
        key,
        other[key] === undefined || other[key] === value ? mask.same : differs,
      ]),
    );
  const withData = (object: Unstructured, data: Readonly<Record<string, string>>) =>
    valueAt(object, 'data') === undefined || isList(object) ? object : withValueAt(object, ['data'], data);
  return [
    live === undefined ? undefined : withData(live, hide(from, to, mask.before)),
    withData(merged, hide(to, from, mask.after)),
  ];
}

/** @throws ExitError with code 1 when there is a difference */
function* showDifferences(invocation: Invocation, compared: readonly Compared[]): Process<void> {
  const { context, out } = invocation;
  const number = () => String(Math.floor(context.random() * 2 ** 32));
  const temporary = context.env.get('TMPDIR') || '/tmp';
  const [from, to] = [`${temporary}/LIVE-${number()}`, `${temporary}/MERGED-${number()}`];
  const external = context.env.get('KUBECTL_EXTERNAL_DIFF') ?? '';
  if (external !== '') return yield* runExternal(invocation, external, { from, to, compared });
  const stamp = formatTime(context.now()).replace('T', ' ').replace('Z', '.000000000 +0000');
  let different = false;
  for (const { name, live, merged } of [...compared].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const text = unifiedDiff(live, merged);
    if (text === '') continue;
    different = true;
    yield* out.print(`diff -u -N ${from}/${name} ${to}/${name}\n`);
    yield* out.print(`--- ${from}/${name}\t${stamp}\n+++ ${to}/${name}\t${stamp}\n${text}`);
  }
  if (different) throw new ExitError(1);
}

function* runExternal(
  { context }: Invocation,
  command: string,
  { from, to, compared }: { readonly from: string; readonly to: string; readonly compared: readonly Compared[] },
): Process<void> {
  for (const directory of [from, to]) context.fs.mkdir(resolvePath(context, directory), { parents: true });
  for (const { name, live, merged } of compared) {
    writeFileText(context, `${from}/${name}`, live);
    writeFileText(context, `${to}/${name}`, merged);
  }
  const [program = '', ...words] = command.split(' ');
  const options = words.filter((word) => /^[a-zA-Z0-9-=]+$/.test(word));
  const { stdout, stderr, env, cwd } = context;
  try {
    const child = context.processes.spawn({ argv: [program, ...options, from, to], stdout, stderr, env, cwd });
    const { code } = yield* child.wait();
    if (code === 1) throw new ExitError(1);
    if (code > 1) throw new KubectlError(`failed to run ${JSON.stringify(program)}: exit status ${code}`);
  } finally {
    for (const { name } of compared) {
      context.fs.remove(`${from}/${name}`);
      context.fs.remove(`${to}/${name}`);
    }
    context.fs.remove(from);
    context.fs.remove(to);
  }
}
