import type { Example } from '../../lessons/examples/catalog.ts';
import { createFile, openFile } from '../stores/file-store.ts';
import type { Session } from '../stores/session.ts';

/** Opens an example in the editor. A file that already holds the very same text is shown instead of a copy. */
export async function openExample(session: Session, example: Example): Promise<string> {
  const text = await example.load();
  const { files } = session.files.getState();
  session.view.setState({ examplesOpen: false, phonePane: 'editor' });
  if (files.get(example.file) === text) {
    openFile(session.files, example.file);
    return example.file;
  }
  return createFile(session.files, example.file, text);
}
