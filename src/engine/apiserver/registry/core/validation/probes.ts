/** Rules of probes, of lifecycle hooks and of the handlers of both. */
import type * as corev1 from '../../../../../api/core/v1.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import type { Path } from '../../../../../apimachinery/field-error.ts';
import { isHTTPHeaderName } from '../../../../../apimachinery/validation.ts';
import { type Complaints, complain, oneOf, require, validateNonnegative } from './complaints.ts';
import { validatePortNumOrName } from './ports.ts';
import { validateStopSignal } from './stop-signals.ts';

type Handler = corev1.LifecycleHandler & Pick<corev1.Probe, 'grpc'>;

function validateHTTPGet(errors: Complaints, path: Path, action: corev1.HTTPGetAction): void {
  require(errors, path, 'path', action.path);
  validatePortNumOrName(errors, path, 'port', action.port);
  oneOf(errors, path, 'scheme', action.scheme, ['HTTP', 'HTTPS']);
  for (const { name = '' } of action.httpHeaders ?? []) {
    complain(errors, path, 'httpHeaders', name, isHTTPHeaderName(name));
  }
}

function validateSleep(errors: Complaints, path: Path, { seconds = 0 }: corev1.SleepAction, grace?: number): void {
  if (grace === undefined || (seconds >= 0 && seconds <= grace)) return;
  const why = `must be non-negative and less than terminationGracePeriodSeconds (${grace})`;
  errors.push(field.invalid(path, seconds, why));
}

/** Upstream: validateHandler (v1.36) */
function validateHandler(errors: Complaints, path: Path, handler: Handler, grace: number | undefined): void {
  let count = 0;
  const isOnly = (name: string): boolean => {
    if (count++ === 0) return true;
    errors.push(field.forbidden(path.child(name), 'may not specify more than 1 handler type'));
    return false;
  };
  const { exec, httpGet, tcpSocket, grpc, sleep } = handler;
  if (exec && isOnly('exec') && (exec.command ?? []).length === 0) {
    errors.push(field.required(path.child('exec', 'command')));
  }
  if (httpGet && isOnly('httpGet')) validateHTTPGet(errors, path.child('httpGet'), httpGet);
  if (tcpSocket && isOnly('tcpSocket')) {
    validatePortNumOrName(errors, path.child('tcpSocket'), 'port', tcpSocket.port);
  }
  if (grpc && isOnly('grpc')) validatePortNumOrName(errors, path.child('grpc'), 'port', grpc.port);
  if (sleep && isOnly('sleep')) validateSleep(errors, path.child('sleep'), sleep, grace);
  if (count === 0) errors.push(field.required(path, 'must specify a handler type'));
}

function validateProbe(errors: Complaints, path: Path, probe: corev1.Probe, grace: number | undefined): void {
  validateHandler(errors, path, probe, grace);
  validateNonnegative(errors, path, 'initialDelaySeconds', probe.initialDelaySeconds);
  validateNonnegative(errors, path, 'timeoutSeconds', probe.timeoutSeconds);
  validateNonnegative(errors, path, 'periodSeconds', probe.periodSeconds);
  validateNonnegative(errors, path, 'successThreshold', probe.successThreshold);
  validateNonnegative(errors, path, 'failureThreshold', probe.failureThreshold);
  const own = probe.terminationGracePeriodSeconds;
  if (own !== undefined && own <= 0) {
    complain(errors, path, 'terminationGracePeriodSeconds', own, ['must be greater than 0']);
  }
}

function mustSucceedOnce(errors: Complaints, path: Path, { successThreshold = 0 }: corev1.Probe): void {
  if (successThreshold !== 1) complain(errors, path, 'successThreshold', successThreshold, ['must be 1']);
}

/** Complains about the three probes of a container; `path` is the container's. */
export function validateProbes(
  errors: Complaints,
  path: Path,
  { livenessProbe, readinessProbe, startupProbe }: corev1.Container,
  grace: number | undefined,
): void {
  if (livenessProbe) {
    const at = path.child('livenessProbe');
    validateProbe(errors, at, livenessProbe, grace);
    mustSucceedOnce(errors, at, livenessProbe);
  }
  if (readinessProbe) {
    const at = path.child('readinessProbe');
    validateProbe(errors, at, readinessProbe, grace);
    const own = readinessProbe.terminationGracePeriodSeconds;
    if (own !== undefined) {
      complain(errors, at, 'terminationGracePeriodSeconds', own, ['must not be set for readinessProbes']);
    }
  }
  if (startupProbe) {
    const at = path.child('startupProbe');
    validateProbe(errors, at, startupProbe, grace);
    mustSucceedOnce(errors, at, startupProbe);
  }
}

/** Complains about hooks; `path` is the container's. Upstream: validateLifecycle (v1.36) */
export function validateLifecycle(
  errors: Complaints,
  path: Path,
  lifecycle: corev1.Lifecycle | undefined,
  grace: number | undefined,
  os: corev1.PodOS | undefined,
): void {
  if (!lifecycle) return;
  const at = path.child('lifecycle');
  const { postStart, preStop, stopSignal } = lifecycle;
  if (postStart) validateHandler(errors, at.child('postStart'), postStart, grace);
  if (preStop) validateHandler(errors, at.child('preStop'), preStop, grace);
  if (stopSignal !== undefined) validateStopSignal(errors, at.child('stopSignal'), stopSignal, os);
}
