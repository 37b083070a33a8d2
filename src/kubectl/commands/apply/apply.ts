import { errorText } from '../../../apimachinery/error-text.ts';
import { isConflict, isNotFound, StatusError } from '../../../apimachinery/status-error.ts';
import type { Process } from '../../../process/process.ts';
import type { Command, Invocation } from '../../command.ts';
import { cascadingStrategy, deletionFlags } from '../../delete-flags.ts';
import { addSourceToError, KubectlError, throwAll } from '../../errors.ts';
import { flagSpecs } from '../../flags/flag-spec.ts';
import { lastAppliedAnnotation, lastAppliedOf, withLastApplied } from '../../last-applied.ts';
import { isJsonObject } from '../../../apimachinery/json-value.ts';
import { metaOf, type Unstructured } from '../../object.ts';
import {
  type DryRun,
  dryRunFlags,
  dryRunStrategy,
  type FieldValidation,
  fieldManagerFlag,
  type PrintObject,
  printerOf,
  selectorFlags,
  validateFlags,
  validationDirective,
  withDryRun,
} from '../../options.ts';
import { printFlags } from '../../printers/object-printer.ts';
import { filenameFlags, filenameOptions, requireFilenameOrKustomize } from '../../resource/filenames.ts';
import type { Info } from '../../resource/info.ts';
import type { ResourceHelper } from '../../rest/resource-helper.ts';
import { usageError } from '../../usage.ts';
import { editLastApplied, setLastApplied, viewLastApplied } from './last-applied-commands.ts';
import { lastAppliedOwners, upgradeManagedFieldsPatch } from './managed-fields-upgrade.ts';
import { Patcher } from './patcher.ts';
import { prune, pruneMappings } from './prune.ts';

export const apply: Command = {
  use: 'apply (-f FILENAME | -k DIRECTORY)',
  group: 'advanced',
  short: 'Apply a configuration to a resource by file name or stdin',
  long: `Apply a configuration to a resource by file name or stdin. What is not there yet is created.

 JSON and YAML formats are accepted. Without --server-side, what was applied is kept in an annotation and compared with the next time.`,
  example: `# From a file
kubectl apply -f app.yaml

# A directory with a kustomization.yaml
kubectl apply -k dir/

# Let the server merge and watch over who owns which field
kubectl apply --server-side -f app.yaml`,
  flags: [
    ...flagSpecs(`
      all=false force-conflicts=false openapi-patch=true overwrite=true prune=false prune-allowlist:array=[] server-side=false
      subresource=''
    `),
    ...filenameFlags,
    ...printFlags,
    ...dryRunFlags,
    ...validateFlags,
    ...selectorFlags,
    ...deletionFlags,
    ...fieldManagerFlag('kubectl-client-side-apply'),
  ],
  plainUseLine: true,
  completion: 'none',
  run: runApply,
  commands: [editLastApplied, setLastApplied, viewLastApplied],
};

interface Settings {
  readonly dryRun: DryRun;
  readonly serverSide: boolean;
  readonly fieldManager: string;
  readonly fieldValidation: FieldValidation;
  /** Objects are printed all together at the end. */
  readonly printsObjects: boolean;
  readonly deleteOptions: Readonly<Record<string, unknown>>;
}

const conflictHelp = `Please review the fields above--they currently have other managers. Here
are the ways you can resolve this warning:
* If you intend to manage all of these fields, please re-run the apply
  command with the \`--force-conflicts\` flag.
* If you do not intend to manage all of the fields, please edit your
  manifest to remove references to the fields that should keep their
  current managers.
* You may co-own fields by updating your manifest to match the existing
  value; in this case, you'll become the manager if the other manager(s)
  stop managing the field (remove it from their configuration).
See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts`;

function* runApply(invocation: Invocation): Process<void> {
  const { flags, args, path, factory } = invocation;
  if (args.length > 0) throw usageError(path, `Unexpected args: [${args.join(' ')}]`);
  const dryRun = yield* dryRunStrategy(invocation);
  const propagationPolicy = cascadingStrategy(flags);
  const files = filenameOptions(flags);
  requireFilenameOrKustomize(files);
  const serverSide = flags.bool('server-side');
  const fieldValidation = validationDirective(invocation);
  const mappings = flags.bool('prune')
    ? pruneMappings(yield* factory.discovery(), flags.strings('prune-allowlist'))
    : [];
  validate(invocation, dryRun);
  const grace = graceOf(invocation);
  const output = flags.string('output');
  const settings: Settings = {
    dryRun,
    serverSide,
    fieldManager: flags.changed('field-manager') || !serverSide ? flags.string('field-manager') : 'kubectl',
    fieldValidation,
    printsObjects: (output !== '' && output !== 'name') || flags.string('template') !== '',
    deleteOptions: { ...(grace >= 0 ? { gracePeriodSeconds: grace } : {}), propagationPolicy },
  };
  printerOf(invocation, '');
  const result = yield* factory
    .builder()
    .schema(fieldValidation !== 'Ignore')
    .continueOnError()
    .namespaceParam(factory.namespace)
    .defaultNamespace()
    .filenameParam(factory.namespaceIsExplicit, files)
    .labelSelectorParam(flags.string('selector'))
    .flatten()
    .do();
  const errors: unknown[] = [];
  const { infos, error } = yield* result.infosAndError();
  if (error !== undefined) errors.push(error);
  if (infos.length === 0 && errors.length === 0) throw new KubectlError('no objects passed to apply');
  const namespaces = new Set(factory.namespaceIsExplicit ? [factory.namespace] : []);
  const visited = new Set<string>();
  for (const info of infos) {
    if (info.isNamespaced) namespaces.add(info.namespace);
    try {
      yield* applyOne(invocation, info, settings);
      visited.add(metaOf(info.object).uid ?? '');
    } catch (failure) {
      errors.push(failure);
    }
  }
  if (errors.length === 1) throw errors[0];
  throwAll(errors);
  if (settings.printsObjects) yield* printAll(invocation, infos);
  if (flags.bool('prune')) {
    yield* prune({
      factory,
      mappings,
      namespaces,
      visited,
      labelSelector: flags.string('selector'),
      dryRun,
      deleteOptions: settings.deleteOptions,
      print: printerOf(invocation, withDryRun('pruned', dryRun)),
    });
  }
}

function graceOf({ flags }: Invocation): number {
  const given = flags.int('grace-period');
  if (given === 0 && !flags.bool('force')) return 1;
  return flags.bool('force') && given < 0 ? 0 : given;
}

function validate({ flags }: Invocation, dryRun: DryRun): void {
  const serverSide = flags.bool('server-side');
  if (flags.bool('force-conflicts') && !serverSide) {
    throw new KubectlError('--force-conflicts only works with --server-side');
  }
  if (dryRun === 'client' && serverSide) {
    throw new KubectlError("--dry-run=client doesn't work with --server-side (did you mean --dry-run=server instead?)");
  }
  if (serverSide && flags.bool('force')) throw new KubectlError('--force cannot be used with --server-side');
  if (dryRun === 'server' && flags.bool('force'))
    throw new KubectlError('--dry-run=server cannot be used with --force');
  if (flags.bool('all') && flags.string('selector') !== '') {
    throw new KubectlError('cannot set --all and --selector at the same time');
  }
  if (flags.bool('prune')) {
    if (flags.bool('force')) throw new KubectlError('--force cannot be used with --prune');
    if (!flags.bool('all') && flags.string('selector') === '') {
      throw new KubectlError(
        'all resources selected for prune without explicitly passing --all. To prune all resources, pass the --all flag. If you did not mean to prune all resources, specify a label selector',
      );
    }
    if (serverSide) {
      throw new KubectlError("--prune is in alpha and doesn't currently work on objects created by server-side apply");
    }
  }
  if (flags.string('subresource') !== '' && !serverSide) {
    throw new KubectlError('--subresource can only be specified for --server-side');
  }
}

function* applyOne(invocation: Invocation, info: Info, settings: Settings): Process<void> {
  const { generateName = '' } = metaOf(info.object);
  if (info.name === '' && generateName !== '') {
    throw new KubectlError(`from ${generateName}: cannot use generate name with apply`);
  }
  const { dryRun, fieldManager, fieldValidation } = settings;
  const helper = info.helper({ dryRun: dryRun === 'server', fieldManager, fieldValidation });
  const operation = settings.serverSide
    ? yield* applyOnServer(invocation, info, helper, settings)
    : yield* applyOnClient(invocation, info, helper, settings);
  if (!settings.printsObjects) yield* printerOf(invocation, withDryRun(operation, dryRun))(info.object);
}

function* applyOnServer(
  invocation: Invocation,
  info: Info,
  helper: ResourceHelper,
  settings: Settings,
): Process<string> {
  const { flags, err } = invocation;
  const wanted = info.object;
  const force = flags.bool('force-conflicts');
  const subresource = flags.string('subresource');
  const applying =
    subresource === '' ? helper : info.helper({ ...settings, dryRun: settings.dryRun === 'server', subresource });
  try {
    info.refresh(yield* applying.patch(info.namespace, info.name, 'apply', wanted, { force }));
  } catch (error) {
    if (error instanceof StatusError && error.code === 415) {
      throw new KubectlError(`Server-side apply not available on the server: (${errorText(error)})`);
    }
    if (isConflict(error)) throw new KubectlError(`${errorText(error)}\n${conflictHelp}`);
    throw error;
  }
  yield* migrate(info, helper, settings, wanted, force);
  yield* warnIfDeleting(info.object, err);
  return 'serverside-applied';
}

/** Hands over what client-side apply owned before. Upstream: apply.go migrateToSSAIfNecessary (v1.36) */
function* migrate(
  info: Info,
  helper: ResourceHelper,
  settings: Settings,
  wanted: Unstructured,
  force: boolean,
): Process<void> {
  yield* saveLastAppliedIfNecessary(info, settings);
  const managers = new Set(lastAppliedOwners(info.object, 'Update').map((entry) => entry.manager ?? ''));
  for (let tries = 1; ; tries++) {
    const patch = upgradeManagedFieldsPatch(info.object, managers, settings.fieldManager);
    if (patch === undefined) return;
    try {
      info.refresh(yield* helper.patch(info.namespace, info.name, 'json', patch));
      break;
    } catch (error) {
      if (!isConflict(error) || tries === maxMigrations) throw error;
    }
    yield* info.get();
  }
  info.refresh(yield* helper.patch(info.namespace, info.name, 'apply', wanted, { force }));
}

/** How often the hand-over is tried while others write. */
const maxMigrations = 5;

function* saveLastAppliedIfNecessary(info: Info, settings: Settings): Process<void> {
  if (settings.fieldManager !== 'kubectl') return;
  const text = lastAppliedOf(info.object);
  if (text === undefined || lastAppliedOwners(info.object, 'Apply').length > 0) return;
  const { apiVersion = '', kind = '' } = info.object;
  const { name = '', namespace } = metaOf(info.object);
  const metadata = {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    annotations: { [lastAppliedAnnotation]: text },
  };
  const helper = info.helper({
    dryRun: settings.dryRun === 'server',
    fieldManager: 'kubectl-last-applied',
    fieldValidation: settings.fieldValidation,
  });
  info.refresh(yield* helper.patch(info.namespace, info.name, 'apply', { apiVersion, kind, metadata }));
}

function* applyOnClient(
  invocation: Invocation,
  info: Info,
  helper: ResourceHelper,
  settings: Settings,
): Process<string> {
  const { flags, err } = invocation;
  const modified = withLastApplied(info.object);
  try {
    yield* info.get();
  } catch (error) {
    if (isNotFound(error)) return yield* createMissing(info, helper, settings);
    throw addSourceToError(
      `retrieving current configuration of:\n${info.toString()}\nfrom server for:`,
      info.source,
      error,
    );
  }
  if (lastAppliedOf(info.object) === undefined) {
    yield* err.line(
      `Warning: resource ${info.objectName} is missing the ${lastAppliedAnnotation} annotation which is required by kubectl apply. kubectl apply should only be used on resources created declaratively by either kubectl create --save-config or kubectl apply. The missing annotation will be patched automatically.`,
    );
  }
  const patcher = new Patcher({
    helper,
    info,
    overwrite: flags.bool('overwrite'),
    force: flags.bool('force'),
    deleteOptions: settings.deleteOptions,
    timeoutMs: flags.duration('timeout'),
    err,
  });
  try {
    const { patch, object } =
      settings.dryRun === 'client'
        ? yield* patcher.patchLocal(info.object, modified)
        : yield* patcher.patch(info.object, modified);
    info.refresh(object);
    yield* warnIfDeleting(info.object, err);
    return Object.keys(patch).length === 0 ? 'unchanged' : 'configured';
  } catch (error) {
    throw wrapped(error, info);
  }
}

/** Errors of the server are shown as they are; others say which file. */
function wrapped(error: unknown, info: Info): unknown {
  if (error instanceof StatusError) {
    const patching = addSourceToError('patching', info.source, error);
    return addSourceToError(`applying patch:\n\nto:\n${info.toString()}\nfor:`, info.source, patching);
  }
  return addSourceToError(`applying patch:\n\nto:\n${info.toString()}\nfor:`, info.source, error);
}

function* createMissing(info: Info, helper: ResourceHelper, { dryRun }: Settings): Process<string> {
  info.object = pruneNulls(withLastApplied(info.object)) as Unstructured;
  if (dryRun === 'client') return 'created';
  try {
    info.refresh(yield* helper.create(info.namespace, info.object));
  } catch (error) {
    throw addSourceToError('creating', info.source, error);
  }
  return 'created';
}

function pruneNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(pruneNulls);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== null)
      .map(([key, member]) => [key, pruneNulls(member)]),
  );
}

function* warnIfDeleting(object: Unstructured, err: Invocation['err']): Process<void> {
  if (metaOf(object).deletionTimestamp === undefined) return;
  yield* err.line(
    `Warning: Detected changes to resource ${metaOf(object).name ?? ''} which is currently being deleted.`,
  );
}

function* printAll(invocation: Invocation, infos: readonly Info[]): Process<void> {
  const print: PrintObject = printerOf(invocation, '');
  const [only] = infos;
  if (only === undefined) return;
  if (infos.length === 1) return yield* print(only.object);
  yield* print({ apiVersion: 'v1', kind: 'List', metadata: {}, items: infos.map((info) => info.object) });
}
