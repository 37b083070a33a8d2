import { errorText } from '../../../apimachinery/error-text.ts';
import type { JsonObject } from '../../../apimachinery/json-value.ts';
import { deepEqual } from '../../../apimachinery/deep-equal.ts';
import type { Process } from '../../../process/process.ts';
import type { Command, Invocation } from '../../command.ts';
import { KubectlError } from '../../errors.ts';
import { flagSpecs } from '../../flags/flag-spec.ts';
import { metaOf, type Unstructured, valueAt } from '../../object.ts';
import { type DryRun, dryRunFlags, dryRunStrategy, printerOf, withDryRun } from '../../options.ts';
import { withoutHash } from '../../polymorphic/replica-sets.ts';
import { printFlags } from '../../printers/object-printer.ts';
import type { Info } from '../../resource/info.ts';
import { templateText } from './history.ts';
import { type History, readHistory, type Revision } from './revisions.ts';
import { rolloutFlags, rolloutTargets } from './rollout-support.ts';

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';
/** Annotations that say something of one replica set only. */
const annotationsToSkip = new Set([
  lastApplied,
  'deployment.kubernetes.io/revision',
  'deployment.kubernetes.io/revision-history',
  'deployment.kubernetes.io/desired-replicas',
  'deployment.kubernetes.io/max-replicas',
  'deprecated.deployment.rollback.to',
]);

export const rolloutUndo: Command = {
  use: 'undo (TYPE NAME | TYPE/NAME) [flags]',
  short: 'Undo a previous rollout',
  long: 'Goes back to the previous revision, or to a given one.',
  example: `kubectl rollout undo deployment/web

kubectl rollout undo daemonset/agent --to-revision=3`,
  flags: [...rolloutFlags, ...printFlags, ...dryRunFlags, ...flagSpecs('to-revision=0')],
  plainUseLine: true,
  completion: 'resource-type-and-name',
  run: runUndo,
};

/** Upstream: kubectl/pkg/cmd/rollout/rollout_undo.go RunUndo (v1.36) */
function* runUndo(invocation: Invocation): Process<void> {
  const { flags, err } = invocation;
  const dryRun = yield* dryRunStrategy(invocation);
  const result = yield* rolloutTargets(invocation);
  yield* result.visit(function* (info) {
    if (metaOf(info.object).annotations?.[lastApplied] !== undefined) {
      yield* err.line(
        `Warning: resource ${info.objectName} was previously managed with 'kubectl apply'. Rolling back will not update the ${lastApplied} annotation, which may cause unexpected behavior on future 'kubectl apply' operations. Consider using 'kubectl apply' with your previous configuration file instead.`,
      );
    }
    const operation = yield* rollBack(info, flags.int('to-revision'), dryRun);
    yield* printerOf(invocation, withDryRun(operation, dryRun))(info.object);
  });
}

const notFound = (revision: number): KubectlError =>
  new KubectlError(`unable to find specified revision ${revision} in history`);

/** Upstream: kubectl/pkg/polymorphichelpers/rollback.go (v1.36). @throws KubectlError */
function* rollBack(info: Info, toRevision: number, dryRun: DryRun): Process<string> {
  if (toRevision < 0) throw notFound(toRevision);
  const history = yield* readHistory(info, 'rollbacker');
  const isDeployment = info.served.kind === 'Deployment';
  const target = isDeployment
    ? revisionOfDeployment(history, toRevision, info.name)
    : revisionOfSet(history, toRevision);
  if (dryRun === 'client') {
    return isDeployment ? templateText(target.template) : `will roll back to ${templateText(target.template)}`;
  }
  if (isDeployment && valueAt(history.object, 'spec', 'paused') === true) {
    throw new KubectlError(
      "you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again",
    );
  }
  const template = valueAt(history.object, 'spec', 'template');
  if (deepEqual(withoutHash(target.template), withoutHash(template as Revision['template']))) {
    return `skipped rollback (current template already matches revision ${toRevision})`;
  }
  const helper = info.helper({ dryRun: dryRun === 'server' });
  try {
    if (isDeployment) yield* helper.patch(info.namespace, info.name, 'json', deploymentPatch(history.object, target));
    else yield* helper.patch(info.namespace, info.name, 'strategic', target.patch ?? {});
  } catch (error) {
    throw new KubectlError(`failed restoring revision ${toRevision}: ${errorText(error)}`);
  }
  return 'rolled back';
}

function revisionOfDeployment({ revisions }: History, toRevision: number, name: string): Revision {
  if (toRevision > 0) {
    const found = revisions.find(({ revision }) => revision === toRevision);
    if (found === undefined) throw notFound(toRevision);
    return found;
  }
  const [, previous] = [...revisions].sort((a, b) => b.revision - a.revision);
  if (previous === undefined) throw new KubectlError(`no rollout history found for deployment ${JSON.stringify(name)}`);
  return previous;
}

function revisionOfSet({ revisions }: History, toRevision: number): Revision {
  if (toRevision === 0) {
    const previous = [...revisions].sort((a, b) => a.revision - b.revision).at(-2);
    if (previous === undefined) throw new KubectlError('no last revision to roll back to');
    return previous;
  }
  const found = revisions.find(({ revision }) => revision === toRevision);
  if (found === undefined) throw notFound(toRevision);
  return found;
}

/** Upstream: rollback.go getDeploymentPatch (v1.36) */
function deploymentPatch(deployment: Unstructured, target: Revision): readonly JsonObject[] {
  const kept = Object.entries(metaOf(deployment).annotations ?? {}).filter(([key]) => annotationsToSkip.has(key));
  const taken = Object.entries(metaOf(target.object).annotations ?? {}).filter(([key]) => !annotationsToSkip.has(key));
  const template = valueAt(target.object, 'spec', 'template') as Revision['template'];
  return [
    { op: 'replace', path: '/spec/template', value: withoutHash(template) },
    { op: 'replace', path: '/metadata/annotations', value: Object.fromEntries([...kept, ...taken]) },
  ];
}
