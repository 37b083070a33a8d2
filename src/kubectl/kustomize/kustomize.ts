import type { ProgramContext } from '../../shell/context.ts';
import { KubectlError } from '../errors.ts';

export function buildKustomization(_context: ProgramContext, directory: string): string {
  throw new KubectlError(`kustomize: ${directory}`);
}
