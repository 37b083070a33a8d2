import type { Process } from '../../../process/process.ts';
import type { Command, Invocation } from '../../command.ts';
import { addSourceToError, KubectlError } from '../../errors.ts';
import { flagSpecs } from '../../flags/flag-spec.ts';
import { createOrUpdateAnnotation } from '../../last-applied.ts';
import {
  dryRunFlags,
  dryRunStrategy,
  fieldManagerFlag,
  printerOf,
  saveConfigFlags,
  selectorFlags,
  validateFlags,
  validationDirective,
  withDryRun,
} from '../../options.ts';
import { printFlags } from '../../printers/object-printer.ts';
import { checkRawPath, rawBody, rawRequest } from '../../raw-http.ts';
import { filenameFlags, filenameOptions, requireFilenameOrKustomize } from '../../resource/filenames.ts';
import { usageError } from '../../usage.ts';
import { editBeforeCreate } from '../edit.ts';
import { createConfigMap } from './configmap.ts';
import { createClusterRole, createClusterRoleBinding, createRole, createRoleBinding } from './rbac.ts';
import { createSecret } from './secret.ts';
import { createService } from './services.ts';
import {
  createIngress,
  createNamespace,
  createPodDisruptionBudget,
  createPriorityClass,
  createQuota,
  createServiceAccount,
} from './simple-kinds.ts';
import { createToken } from './token.ts';
import { createCronJob, createDeployment, createJob } from './workloads.ts';

export const create: Command = {
  use: 'create -f FILENAME',
  group: 'beginner',
  short: 'Create a resource from a file or from stdin',
  long: 'Create a resource from a file or from stdin.\n\n JSON and YAML formats are accepted.',
  example: `# From a file
kubectl create -f pod.yaml

# From standard input
cat pod.yaml | kubectl create -f -`,
  flags: [
    ...flagSpecs("edit=false raw='' windows-line-endings=false"),
    ...filenameFlags,
    ...printFlags,
    ...dryRunFlags,
    ...validateFlags,
    ...saveConfigFlags,
    ...selectorFlags,
    ...fieldManagerFlag('kubectl-create'),
  ],
  plainUseLine: true,
  completion: 'none',
  run: runCreate,
  commands: [
    createClusterRole,
    createClusterRoleBinding,
    createConfigMap,
    createCronJob,
    createDeployment,
    createIngress,
    createJob,
    createNamespace,
    createPodDisruptionBudget,
    createPriorityClass,
    createQuota,
    createRole,
    createRoleBinding,
    createSecret,
    createService,
    createServiceAccount,
    createToken,
  ],
};

function* runCreate(invocation: Invocation): Process<void> {
  const { flags, args, path, factory } = invocation;
  const files = filenameOptions(flags);
  if (args.length > 0) throw usageError(path, `Unexpected args: [${args.join(' ')}]`);
  const dryRun = yield* dryRunStrategy(invocation);
  const fieldValidation = validationDirective(invocation);
  const print = printerOf(invocation, withDryRun('created', dryRun));
  requireFilenameOrKustomize(files);
  const raw = flags.string('raw');
  if (raw !== '') {
    validateRaw(invocation, raw);
    const body = yield* rawBody(invocation, files.filenames[0] ?? '');
    return yield* rawRequest(invocation, {
      method: 'POST',
      path: raw,
      body,
      headers: { 'content-type': 'application/json' },
    });
  }
  if (flags.bool('edit')) return yield* editBeforeCreate(invocation);
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
  result.check();
  let count = 0;
  yield* result.visit(function* (info) {
    info.object = createOrUpdateAnnotation(flags.bool('save-config'), info.object);
    if (dryRun !== 'client') {
      const helper = info.helper({
        dryRun: dryRun === 'server',
        fieldManager: flags.string('field-manager'),
        fieldValidation,
      });
      try {
        info.refresh(yield* helper.create(info.namespace, info.object));
      } catch (error) {
        throw addSourceToError('creating', info.source, error);
      }
    }
    count++;
    yield* print(info.object);
  });
  if (count === 0) throw new KubectlError('no objects passed to create');
}

function validateRaw({ flags }: Invocation, raw: string): void {
  const files = filenameOptions(flags);
  if (flags.bool('edit')) throw new KubectlError('--raw and --edit are mutually exclusive');
  if (files.filenames.length !== 1) throw new KubectlError('--raw can only use a single local file or stdin');
  if (/^https?:\/\//.test(files.filenames[0] ?? '')) throw new KubectlError('--raw cannot read from a url');
  if (files.recursive) throw new KubectlError('--raw and --recursive are mutually exclusive');
  if (flags.string('selector') !== '') throw new KubectlError('--raw and --selector (-l) are mutually exclusive');
  if (flags.string('output') !== '') throw new KubectlError('--raw and --output are mutually exclusive');
  checkRawPath(raw);
}
