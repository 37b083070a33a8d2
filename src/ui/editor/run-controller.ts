import type { Session } from '../stores/session.ts';

/** Whether a file is run as a controller rather than applied. */
export const isController = (path: string): boolean => path.endsWith('.js');

/** Runs a file as a controller, in place of what ran from it before. What is wrong with it shows in its state. */
export async function runController(session: Session, path: string): Promise<void> {
  const source = session.files.getState().files.get(path) ?? '';
  try {
    await session.control.send({ op: 'runController', file: path, source });
    session.files.setState(({ applied }) => ({ applied: new Map(applied).set(path, source) }));
  } catch (error) {
    session.problem(path, error, 'The controller did not start');
  }
}
