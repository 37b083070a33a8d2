import type * as rbacv1 from '../../../api/rbac/v1.ts';
import { deepEqual } from '../../../apimachinery/deep-equal.ts';
import { isNotFound } from '../../../apimachinery/status-error.ts';
import type { Process } from '../../../process/process.ts';
import type { Command, Invocation } from '../../command.ts';
import { breakdownRule } from '../../describe/rbac.ts';
import { KubectlError } from '../../errors.ts';
import { flagSpecs } from '../../flags/flag-spec.ts';
import { arrayAt, type Unstructured, valueAt } from '../../object.ts';
import { type DryRun, dryRunFlags, dryRunStrategy, printerOf, withDryRun } from '../../options.ts';
import { printFlags } from '../../printers/object-printer.ts';
import { filenameFlags, filenameOptions } from '../../resource/filenames.ts';
import type { Info } from '../../resource/info.ts';

export const reconcile: Command = {
  use: 'reconcile -f FILENAME',
  short: 'Reconciles rules for RBAC role, role binding, cluster role, and cluster role binding objects',
  long: 'Makes what files say of roles and bindings true: missing objects are created, missing rules and subjects added. Rules and subjects that files do not have stay unless the flags say that they shall go.',
  example: 'kubectl auth reconcile -f rbac.yaml',
  flags: [
    ...flagSpecs('remove-extra-permissions=false remove-extra-subjects=false'),
    ...filenameFlags,
    ...printFlags,
    ...dryRunFlags,
  ],
  plainUseLine: true,
  run: runReconcile,
};

const roleKinds = ['Role', 'ClusterRole'];
const bindingKinds = ['RoleBinding', 'ClusterRoleBinding'];

/** Upstream: kubectl/pkg/cmd/auth/reconcile.go (v1.36) */
function* runReconcile(invocation: Invocation): Process<void> {
  const { flags, args, factory } = invocation;
  const dryRun = yield* dryRunStrategy(invocation);
  if (args.length > 0) throw new KubectlError('no arguments are allowed');
  const print = printerOf(invocation, withDryRun('reconciled', dryRun));
  const result = yield* factory
    .builder()
    .continueOnError()
    .namespaceParam(factory.namespace)
    .defaultNamespace()
    .filenameParam(factory.namespaceIsExplicit, filenameOptions(flags))
    .flatten()
    .do();
  result.check();
  yield* result.visit(function* (info) {
    const { group, kind } = info.served;
    const known = group === 'rbac.authorization.k8s.io' && [...roleKinds, ...bindingKinds].includes(kind);
    if (!known) return;
    yield* print(yield* reconcileOne(invocation, info, dryRun));
  });
}

function* reconcileOne({ flags }: Invocation, info: Info, dryRun: DryRun): Process<Unstructured> {
  const helper = info.helper({ dryRun: dryRun === 'server' });
  let existing: Unstructured;
  try {
    existing = yield* helper.get(info.namespace, info.name);
  } catch (error) {
    if (!isNotFound(error)) throw error;
    return dryRun === 'client' ? info.object : yield* helper.create(info.namespace, info.object);
  }
  const changed = roleKinds.includes(info.served.kind)
    ? withRules(existing, info.object, flags.bool('remove-extra-permissions'))
    : withSubjects(existing, info.object, flags.bool('remove-extra-subjects'));
  if (deepEqual(changed, existing) || dryRun === 'client') return changed;
  return yield* helper.replace(info.namespace, info.name, changed);
}

const merged = (existing: Unstructured, wanted: Unstructured, field: 'labels' | 'annotations') => ({
  ...(valueAt(existing, 'metadata', field) as object | undefined),
  ...(valueAt(wanted, 'metadata', field) as object | undefined),
});

function withMetadata(existing: Unstructured, wanted: Unstructured): Unstructured {
  const [labels, annotations] = [merged(existing, wanted, 'labels'), merged(existing, wanted, 'annotations')];
  const metadata = {
    ...existing.metadata,
    ...(Object.keys(labels).length > 0 ? { labels } : {}),
    ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
  };
  return { ...existing, metadata };
}

/** Rules that nothing covers yet are added behind the others. */
function withRules(existing: Unstructured, wanted: Unstructured, removeExtra: boolean): Unstructured {
  const base = withMetadata(existing, wanted);
  const before = arrayAt<rbacv1.PolicyRule>(existing, 'rules');
  const rules = arrayAt<rbacv1.PolicyRule>(wanted, 'rules');
  if (removeExtra) return { ...base, rules };
  const missing = rules.flatMap(breakdownRule).filter((rule) => !before.some((one) => covers(one, rule)));
  return { ...base, rules: [...before, ...missing] };
}

function covers(rule: rbacv1.PolicyRule, one: rbacv1.PolicyRule): boolean {
  const within = (all: readonly string[] | undefined, some: readonly string[] | undefined): boolean =>
    (some ?? []).every((word) => all?.includes(word) || all?.includes('*'));
  const names = rule.resourceNames ?? [];
  const namesFit = names.length === 0 || ((one.resourceNames ?? []).length > 0 && within(names, one.resourceNames));
  return (
    within(rule.verbs, one.verbs) &&
    within(rule.apiGroups, one.apiGroups) &&
    within(rule.resources, one.resources) &&
    within(rule.nonResourceURLs, one.nonResourceURLs) &&
    namesFit
  );
}

function withSubjects(existing: Unstructured, wanted: Unstructured, removeExtra: boolean): Unstructured {
  const base = withMetadata(existing, wanted);
  if (!deepEqual(existing['roleRef'], wanted['roleRef'])) {
    throw new KubectlError('the role reference of a binding cannot be changed');
  }
  const before = arrayAt<rbacv1.Subject>(existing, 'subjects');
  const subjects = arrayAt<rbacv1.Subject>(wanted, 'subjects');
  if (removeExtra) return { ...base, subjects };
  return { ...base, subjects: [...before, ...subjects.filter((one) => !before.some((old) => deepEqual(old, one)))] };
}
