import { formatTime } from '../../../apimachinery/time.ts';
import type { Command } from '../../command.ts';
import { KubectlError } from '../../errors.ts';
import { kindOf, type Unstructured, valueAt, withValueAt } from '../../object.ts';
import { changeFlags, changeRollouts } from './rollout-support.ts';

const restartedAt = 'kubectl.kubernetes.io/restartedAt';

const isDeployment = (object: Unstructured): boolean => {
  const { group, kind } = kindOf(object);
  return group === 'apps' && kind === 'Deployment';
};
const isPaused = (object: Unstructured): boolean => valueAt(object, 'spec', 'paused') === true;

/** Upstream: kubectl/pkg/polymorphichelpers/objectpauser.go (v1.36) */
function pauseObject(object: Unstructured): Unstructured {
  if (!isDeployment(object)) throw new KubectlError('pausing is not supported');
  if (isPaused(object)) throw new KubectlError('is already paused');
  return withValueAt(object, ['spec', 'paused'], true);
}

/** Upstream: kubectl/pkg/polymorphichelpers/objectresumer.go (v1.36) */
function resumeObject(object: Unstructured): Unstructured {
  if (!isDeployment(object)) throw new KubectlError('resuming is not supported');
  if (!isPaused(object)) throw new KubectlError('is not paused');
  return withValueAt(object, ['spec', 'paused'], undefined);
}

/** Upstream: kubectl/pkg/polymorphichelpers/objectrestarter.go (v1.36) */
function restartObject(object: Unstructured, now: number): Unstructured {
  const { group, kind } = kindOf(object);
  if (group !== 'apps' || !['Deployment', 'DaemonSet', 'StatefulSet'].includes(kind)) {
    throw new KubectlError('restarting is not supported');
  }
  if (isDeployment(object) && isPaused(object)) {
    throw new KubectlError("can't restart paused deployment (run rollout resume first)");
  }
  return withValueAt(object, ['spec', 'template', 'metadata', 'annotations', restartedAt], formatTime(now));
}

export const rolloutPause: Command = {
  use: 'pause RESOURCE',
  short: 'Mark the provided resource as paused',
  long: 'Stops a deployment from acting on changes until it is resumed. Only deployments can be paused.',
  example: 'kubectl rollout pause deployment/web',
  flags: changeFlags,
  plainUseLine: true,
  completion: 'resource-type-and-name',
  run: (invocation) =>
    changeRollouts(invocation, {
      operation: 'paused',
      change: pauseObject,
      unchanged: () => new KubectlError('already paused'),
    }),
};

export const rolloutResume: Command = {
  use: 'resume RESOURCE',
  short: 'Resume a paused resource',
  long: 'Lets a paused deployment act on changes again.',
  example: 'kubectl rollout resume deployment/web',
  flags: changeFlags,
  plainUseLine: true,
  completion: 'resource-type-and-name',
  run: (invocation) =>
    changeRollouts(invocation, {
      operation: 'resumed',
      change: resumeObject,
      unchanged: () => new KubectlError('already resumed'),
    }),
};

export const rolloutRestart: Command = {
  use: 'restart RESOURCE',
  short: 'Restart a resource',
  long: 'Replaces all pods, as a changed template would.',
  example: `kubectl rollout restart deployment/web

# Everything with a label
kubectl rollout restart deployment --selector=app=web`,
  flags: changeFlags,
  plainUseLine: true,
  completion: 'resource-type-and-name',
  run: (invocation) =>
    changeRollouts(invocation, {
      operation: 'restarted',
      change: (object) => restartObject(object, invocation.context.now()),
      unchanged: (name) =>
        new KubectlError(
          `failed to create patch for ${name}: if restart has already been triggered within the past second, please wait before attempting to trigger another`,
        ),
    }),
};
