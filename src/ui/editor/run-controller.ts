import type { Session } from '../stores/session.ts';
import type { Problem } from './apply-problems.ts';

/** Whether a file is run as a controller rather than applied. */
export const isController = (path: string): boolean => /\.[jt]s$/.test(path);

/**
 * Runs a file as a controller, in place of what ran from it before. What is wrong with it when it runs shows in its state; what
 * keeps TypeScript from being read is given back.
 */
export async function runController(session: Session, path: string): Promise<readonly Problem[]> {
  const text = session.files.getState().files.get(path) ?? '';
  try {
    const read = path.endsWith('.ts') ? (await import('./strip-types.ts')).stripTypes(text) : { source: text };
    if ('problem' in read) return [read.problem];
    await session.control.send({ op: 'runController', file: path, source: read.source });
    session.files.setState(({ applied }) => ({ applied: new Map(applied).set(path, text) }));
  } catch (error) {
    session.problem(path, error, 'The controller did not start');
  }
  return [];
}
