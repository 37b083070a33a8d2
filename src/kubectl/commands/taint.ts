import type * as corev1 from '../../api/core/v1.ts';
import { schemaFor } from '../../api/schema.ts';
import { errorText } from '../../apimachinery/error-text.ts';
import { createTwoWayMergePatch } from '../../apimachinery/strategic-merge-diff.ts';
import { isQualifiedName, isValidLabelValue } from '../../apimachinery/validation.ts';
import type { Process } from '../../process/process.ts';
import type { Command, Invocation } from '../command.ts';
import { taintText } from '../describe/describe-parts.ts';
import { KubectlError, NoResourceMatchError, throwAll } from '../errors.ts';
import { flagSpecs } from '../flags/flag-spec.ts';
import { arrayAt, kindOf, type Unstructured, withValueAt } from '../object.ts';
import {
  dryRunFlags,
  dryRunStrategy,
  fieldManagerFlag,
  printerOf,
  validateFlags,
  validationDirective,
} from '../options.ts';
import { printFlags } from '../printers/object-printer.ts';
import { usageError } from '../usage.ts';

export const taint: Command = {
  use: 'taint NODE NAME KEY_1=VAL_1:TAINT_EFFECT_1 ... KEY_N=VAL_N:TAINT_EFFECT_N',
  group: 'cluster',
  short: 'Update the taints on one or more nodes',
  long: 'Puts taints on nodes, or takes them away with a dash at the end. The effect is NoSchedule, PreferNoSchedule or NoExecute.',
  example: `kubectl taint nodes node-1 dedicated=db:NoSchedule

# Take it away
kubectl taint nodes node-1 dedicated:NoSchedule-

# All taints with a key
kubectl taint nodes node-1 dedicated-`,
  flags: [
    ...flagSpecs(`all=false overwrite=false l/selector=''`),
    ...printFlags,
    ...dryRunFlags,
    ...validateFlags,
    ...fieldManagerFlag('kubectl-taint'),
  ],
  plainUseLine: true,
  completion: 'node',
  run: runTaint,
};

type Taint = corev1.Taint;
interface Changes {
  readonly add: readonly Taint[];
  readonly remove: readonly Taint[];
}

/** Upstream: kubectl/pkg/cmd/taint/taint.go RunTaint (v1.36) */
function* runTaint(invocation: Invocation): Process<void> {
  const { flags, factory, path } = invocation;
  const dryRun = yield* dryRunStrategy(invocation);
  const fieldValidation = validationDirective(invocation);
  const { resources, specs } = splitArguments(invocation.args);
  let changes: Changes;
  try {
    changes = parseTaints(specs);
  } catch (error) {
    throw usageError(path, errorText(error));
  }
  const [all, selector] = [flags.bool('all'), flags.string('selector')];
  const builder = factory.builder().continueOnError().namespaceParam(factory.namespace).defaultNamespace();
  if (selector !== '') builder.labelSelectorParam(selector).resourceTypes('node');
  if (all) builder.selectAllParam(true).resourceTypes('node');
  if (!all && selector === '' && resources.length >= 2) builder.resourceNames('node', ...resources.slice(1));
  yield* checkRequest(invocation, resources, changes);
  const result = yield* builder.flatten().latest().do();
  result.check();
  yield* result.visit(function* (info) {
    const { operation, taints } = changeTaints(
      info.name,
      arrayAt<Taint>(info.object, 'spec', 'taints'),
      changes,
      flags.bool('overwrite'),
    );
    const changed = withValueAt(info.object, ['spec', 'taints'], taints.length === 0 ? undefined : taints);
    const print = printerOf(invocation, operation);
    if (dryRun === 'client') return yield* print(changed);
    const schema = schemaFor(kindOf(info.object));
    const patch = schema === undefined ? {} : createTwoWayMergePatch(info.object, changed, schema);
    const helper = info.helper({
      dryRun: dryRun === 'server',
      fieldManager: flags.string('field-manager'),
      fieldValidation,
    });
    yield* print((yield* helper.patch(info.namespace, info.name, 'strategic', patch)) as Unstructured);
  });
}

/** Types and names first, then taints. @throws KubectlError */
function splitArguments(args: readonly string[]): {
  readonly resources: readonly string[];
  readonly specs: readonly string[];
} {
  const isTaint = (word: string): boolean => /[=:]/.test(word) || word.endsWith('-');
  const first = args.findIndex(isTaint);
  const resources = first < 0 ? args : args.slice(0, first);
  const specs = first < 0 ? [] : args.slice(first);
  const stray = specs.find((word) => !isTaint(word));
  if (stray !== undefined) throw new KubectlError(`all resources must be specified before taint changes: ${stray}`);
  if (resources.length === 0) throw new KubectlError('one or more resources must be specified as <resource> <name>');
  if (specs.length === 0) throw new KubectlError('at least one taint update is required');
  return { resources, specs };
}

function* checkRequest(
  { flags, factory }: Invocation,
  resources: readonly string[],
  { add, remove }: Changes,
): Process<void> {
  const type = (resources[0] ?? '').toLowerCase();
  const mapping = (yield* factory.discovery()).lookup(type);
  if (mapping === undefined) throw new NoResourceMatchError(type);
  if (mapping.kind !== 'Node') throw new KubectlError(`invalid resource type ${type}, only node types are supported`);
  const conflicts = add.flatMap((one) =>
    remove
      .filter(({ key, effect }) => key === one.key && (!effect || effect === one.effect))
      .map(({ key, effect }) => `${key}=${effect}`),
  );
  if (conflicts.length > 0) {
    throw new KubectlError(
      `can not both modify and remove the following taint(s) in the same command: ${conflicts.join(', ')}`,
    );
  }
  const [all, selector] = [flags.bool('all'), flags.string('selector')];
  if (all && selector !== '') {
    throw new KubectlError("setting 'all' parameter with a non empty selector is prohibited");
  }
  if (!all && selector === '' && resources.length < 2) {
    throw new KubectlError("at least one resource name must be specified since 'all' parameter is not set");
  }
}

/** Upstream: kubectl/pkg/cmd/taint/utils.go parseTaints (v1.36). @throws KubectlError */
export function parseTaints(specs: readonly string[]): Changes {
  const add: Taint[] = [];
  const remove: Taint[] = [];
  for (const spec of specs) {
    if (spec.endsWith('-')) {
      remove.push(parseTaint(spec.slice(0, -1)));
      continue;
    }
    const one = parseTaint(spec);
    if (!one.effect) throw new KubectlError(`invalid taint spec: ${spec}`);
    if (add.some(({ key, effect }) => key === one.key && effect === one.effect)) {
      throw new KubectlError(
        `duplicated taints with the same key and effect: {${one.key} ${one.value ?? ''} ${one.effect} <nil>}`,
      );
    }
    add.push(one);
  }
  return { add, remove };
}

function parseTaint(spec: string): Taint {
  const [head = '', effect = '', ...more] = spec.split(':');
  const invalid = (why = ''): KubectlError => new KubectlError(`invalid taint spec: ${spec}${why}`);
  if (more.length > 0) throw invalid();
  let [key, value] = [head, ''];
  if (spec.includes(':')) {
    if (!['NoSchedule', 'PreferNoSchedule', 'NoExecute'].includes(effect)) {
      throw new KubectlError(`invalid taint effect: ${effect}, unsupported taint effect`);
    }
    const parts = head.split('=');
    if (parts.length > 2) throw invalid();
    [key = '', value = ''] = parts;
    const problems = isValidLabelValue(value);
    if (problems.length > 0) throw invalid(`, ${problems.join('; ')}`);
  }
  const problems = isQualifiedName(key);
  if (problems.length > 0) throw invalid(`, ${problems.join('; ')}`);
  return { key, ...(value === '' ? {} : { value }), effect: effect as Taint['effect'] };
}

const matches = (a: Taint, b: Taint): boolean => a.key === b.key && a.effect === b.effect;

/** Upstream: kubectl/pkg/cmd/taint/utils.go reorganizeTaints (v1.36). @throws KubectlError */
function changeTaints(
  node: string,
  before: readonly Taint[],
  { add, remove }: Changes,
  overwrite: boolean,
): { readonly operation: string; readonly taints: readonly Taint[] } {
  const existing = add.filter((one) => before.some((old) => matches(old, one)));
  if (!overwrite && existing.length > 0) {
    throw new KubectlError(
      `node ${node} already has ${existing.map(({ key }) => key).join(',')} taint(s) with same effect(s) and --overwrite is false`,
    );
  }
  let taints = [...add, ...before.filter((old) => !add.some((one) => matches(one, old)))];
  const added = before.length !== taints.length;
  let removed = false;
  const errors: KubectlError[] = [];
  for (const one of remove) {
    const left = taints.filter((old) => (one.effect ? !matches(old, one) : old.key !== one.key));
    removed = left.length !== taints.length;
    if (!removed) errors.push(new KubectlError(`taint ${JSON.stringify(taintText(one))} not found`));
    taints = left;
  }
  throwAll(errors);
  const operation = (added && removed) || overwrite ? 'modified' : added ? 'tainted' : 'untainted';
  return { operation, taints };
}
