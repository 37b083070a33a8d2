/** Which signals may stop a container. */
import type * as corev1 from '../../../../../api/core/v1.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import type { Path } from '../../../../../apimachinery/field-error.ts';
import { compareStrings } from '../../../../../apimachinery/go-format.ts';
import type { Complaints } from './complaints.ts';

const named =
  'ABRT ALRM BUS CHLD CLD CONT FPE HUP ILL INT IO IOT KILL PIPE POLL PROF PWR QUIT SEGV STKFLT STOP SYS TERM TRAP TSTP TTIN TTOU URG USR1 USR2 VTALRM WINCH XCPU XFSZ RTMIN RTMAX';
const numbers = Array.from({ length: 15 }, (_, i) => i + 1);
const linux = [
  ...named.split(' '),
  ...numbers.map((n) => `RTMIN+${n}`),
  ...numbers.slice(0, 14).map((n) => `RTMAX-${n}`),
]
  .map((name) => `SIG${name}`)
  .sort(compareStrings);
const windows = ['SIGKILL', 'SIGTERM'];

/** Upstream: validateStopSignal (v1.36) */
export function validateStopSignal(errors: Complaints, path: Path, signal: string, os: corev1.PodOS | undefined): void {
  if (!os) {
    errors.push(field.forbidden(path, 'may not be set for containers with empty `spec.os.name`'));
    return;
  }
  const allowed = os.name === 'windows' ? windows : os.name === 'linux' ? linux : undefined;
  if (allowed && !allowed.includes(signal)) errors.push(field.notSupported(path, signal, allowed));
}
