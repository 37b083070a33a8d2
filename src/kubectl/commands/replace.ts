import { isNotFound } from '../../apimachinery/status-error.ts';
import { currentDriver, type Process, sleep } from '../../process/process.ts';
import type { Command, Invocation } from '../command.ts';
import { cascadingStrategy, deletionFlags } from '../delete-flags.ts';
import { addSourceToError, KubectlError } from '../errors.ts';
import { readAll } from '../files.ts';
import { flagSpecs } from '../flags/flag-spec.ts';
import { createOrUpdateAnnotation } from '../last-applied.ts';
import {
  dryRunFlags,
  dryRunStrategy,
  fieldManagerFlag,
  type PrintObject,
  printerOf,
  saveConfigFlags,
  validateFlags,
  validationDirective,
  withDryRun,
} from '../options.ts';
import { printFlags } from '../printers/object-printer.ts';
import { checkRawPath, rawBody, rawRequest } from '../raw-http.ts';
import { filenameFlags, filenameOptions, requireFilenameOrKustomize } from '../resource/filenames.ts';
import type { Result } from '../resource/result.ts';
import { deleteResult } from './delete.ts';

export const replace: Command = {
  use: 'replace -f FILENAME',
  group: 'advanced',
  short: 'Replace a resource by file name or stdin',
  long: 'Replace a resource by file name or stdin.\n\n JSON and YAML formats are accepted. The file must hold the whole object: `kubectl get TYPE NAME -o yaml` shows it.',
  example: `kubectl replace -f pod.yaml

# Delete and create anew
kubectl replace --force -f pod.yaml`,
  flags: [
    ...flagSpecs("raw='' subresource=''"),
    ...filenameFlags,
    ...printFlags,
    ...dryRunFlags,
    ...validateFlags,
    ...saveConfigFlags,
    ...deletionFlags,
    ...fieldManagerFlag('kubectl-replace'),
  ],
  plainUseLine: true,
  completion: 'none',
  run: runReplace,
};

function* runReplace(invocation: Invocation): Process<void> {
  const { flags } = invocation;
  const fieldValidation = validationDirective(invocation);
  const dryRun = yield* dryRunStrategy(invocation);
  const print = printerOf(invocation, withDryRun('replaced', dryRun));
  const propagationPolicy = cascadingStrategy(flags);
  const files = filenameOptions(flags);
  requireFilenameOrKustomize(files);
  const force = flags.bool('force');
  const grace = flags.int('grace-period');
  if (grace >= 0 && !force) throw new KubectlError('--grace-period must have --force specified');
  if (flags.duration('timeout') !== 0 && !force) throw new KubectlError('--timeout must have --force specified');
  if (force && dryRun !== 'none') throw new KubectlError('--dry-run can not be used when --force is set');
  const raw = flags.string('raw');
  if (raw !== '') {
    validateRaw(invocation, raw);
    const body = yield* rawBody(invocation, files.filenames[0] ?? '');
    return yield* rawRequest(invocation, {
      method: 'PUT',
      path: raw,
      body,
      headers: { 'content-type': 'application/json' },
    });
  }
  if (force) return yield* forceReplace(invocation, print, propagationPolicy);
  const result = yield* build(invocation, fieldValidation !== 'Ignore');
  result.check();
  yield* result.visit(function* (info) {
    info.object = createOrUpdateAnnotation(flags.bool('save-config'), info.object);
    if (dryRun === 'client') return yield* print(info.object);
    const helper = info.helper({
      dryRun: dryRun === 'server',
      fieldManager: flags.string('field-manager'),
      fieldValidation,
      subresource: flags.string('subresource'),
    });
    try {
      info.refresh(yield* helper.replace(info.namespace, info.name, info.object, true));
    } catch (error) {
      throw addSourceToError('replacing', info.source, error);
    }
    yield* print(info.object);
  });
}

function validateRaw({ flags }: Invocation, raw: string): void {
  const files = filenameOptions(flags);
  if (files.filenames.length !== 1) throw new KubectlError('--raw can only use a single local file or stdin');
  if (files.recursive) throw new KubectlError('--raw and --recursive are mutually exclusive');
  if (flags.string('output') !== '') throw new KubectlError('--raw and --output are mutually exclusive');
  checkRawPath(raw);
}

function* build(invocation: Invocation, validate: boolean, stdin?: Uint8Array): Process<Result> {
  const { factory, flags, context } = invocation;
  return yield* factory
    .builder()
    .stdin(function* () {
      return stdin ?? (yield* readAll(context.stdin));
    })
    .schema(validate)
    .continueOnError()
    .namespaceParam(factory.namespace)
    .defaultNamespace()
    .filenameParam(factory.namespaceIsExplicit, filenameOptions(flags))
    .subresource(flags.string('subresource'))
    .flatten()
    .do();
}

function* forceReplace(
  invocation: Invocation,
  print: PrintObject,
  propagationPolicy: 'Background' | 'Foreground' | 'Orphan',
): Process<void> {
  const { flags, context } = invocation;
  const stdin = flags.strings('filename').includes('-') ? yield* readAll(context.stdin) : undefined;
  const fieldValidation = validationDirective(invocation);
  const given = flags.int('grace-period');
  const gracePeriod = given === 0 ? 1 : given;
  const timeoutMs = flags.duration('timeout');
  const old = yield* build(invocation, false, stdin);
  old.check();
  yield* deleteResult(invocation, old, {
    gracePeriod,
    propagationPolicy,
    dryRun: 'none',
    ignoreNotFound: true,
    wait: flags.bool('wait') || given === 0,
    timeoutMs,
    outputName: flags.string('output') === 'name',
    quiet: false,
    warnClusterScope: false,
  });
  yield* untilGone(yield* build(invocation, false, stdin), timeoutMs === 0 ? 300_000 : timeoutMs);
  const result = yield* build(invocation, fieldValidation !== 'Ignore', stdin);
  result.check();
  let count = 0;
  yield* result.visit(function* (info) {
    const object = createOrUpdateAnnotation(flags.bool('save-config'), info.object);
    const helper = info.helper({ fieldManager: flags.string('field-manager'), fieldValidation, subresource: '' });
    info.refresh(yield* helper.create(info.namespace, object));
    count++;
    yield* print(info.object);
  });
  if (count === 0) throw new KubectlError('no objects passed to replace');
}

function* untilGone(result: Result, timeoutMs: number): Process<void> {
  const driver = yield* currentDriver();
  yield* result.visit(function* (info) {
    const deadline = driver.now() + timeoutMs;
    for (;;) {
      try {
        yield* info.get();
      } catch (error) {
        if (isNotFound(error)) return;
        throw error;
      }
      if (driver.now() >= deadline) throw new KubectlError('context deadline exceeded');
      yield* sleep(1000);
    }
  });
}
