import type { Process } from '../../process/process.ts';
import type { Invocation } from '../command.ts';
import { KubectlError } from '../errors.ts';

export function* editBeforeCreate(invocation: Invocation): Process<void> {
  yield* runEdit(invocation, 'create');
}

export function* runEdit(_invocation: Invocation, _mode: 'edit' | 'create' | 'last-applied'): Process<void> {
  throw new KubectlError('not yet');
}
