import type { Program } from '../../shell/context.ts';
import { utilityPrograms } from '../../shell/coreutils/registry.ts';
import { shellProgram } from '../../shell/interpreter/sh-program.ts';

/** The shell and its utilities by name. */
export function programsOfShell(): ReadonlyMap<string, Program> {
  return new Map<string, Program>([...utilityPrograms, ['bash', shellProgram('bash')], ['sh', shellProgram('bash')]]);
}
