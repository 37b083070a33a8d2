import type { Example } from '../../lessons/examples/catalog.ts';
import { createFile, openFile } from '../stores/file-store.ts';
import type { Session } from '../stores/session.ts';

/** The files that an example was opened as. */
export interface OpenedExample {
  readonly manifest: string;
  readonly controller?: string;
}

/** Opens an example in the editor. A file that already holds the very same text is shown instead of a copy. */
export async function openExample(session: Session, example: Example): Promise<OpenedExample> {
  const text = await example.load();
  const source = await example.controller?.load();
  session.view.setState({ examplesOpen: false, phonePane: 'editor' });
  const manifest = show(session, example.file, text);
  if (!example.controller || source === undefined) return { manifest };
  return { manifest, controller: show(session, example.controller.file, source) };
}

function show(session: Session, file: string, text: string): string {
  if (session.files.getState().files.get(file) !== text) return createFile(session.files, file, text);
  openFile(session.files, file);
  return file;
}
