import { KubectlError } from './errors.ts';
import { flagSpecs } from './flags/flag-spec.ts';
import type { FlagSet } from './flags/flag-set.ts';

/** Flags of commands that may delete on the way (apply, replace, run). */
export const deletionFlags = flagSpecs(`
  cascade='background'?background force=false grace-period=-1 timeout=0s wait=false
`);

export type Propagation = 'Background' | 'Foreground' | 'Orphan';

const strategies: Readonly<Record<string, Propagation>> = {
  background: 'Background',
  foreground: 'Foreground',
  orphan: 'Orphan',
  true: 'Background',
  false: 'Orphan',
};

/** Upstream: kubectl/pkg/cmd/delete/delete_flags.go, parseCascadingFlag (v1.36). @throws KubectlError */
export function cascadingStrategy(flags: FlagSet): Propagation {
  const value = flags.string('cascade');
  const strategy = strategies[value.toLowerCase()];
  if (strategy === undefined) {
    throw new KubectlError(`invalid cascade value (${value}). Must be "background", "foreground", or "orphan"`);
  }
  return strategy;
}
