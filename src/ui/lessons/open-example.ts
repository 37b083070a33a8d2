import type { Example } from '../../lessons/examples/catalog.ts';
import { createFile, openFile } from '../stores/file-store.ts';
import type { Session } from '../stores/session.ts';

/** Opens an example in the editor and gives its file. A file that already holds the very same text is shown instead of a copy. */
export async function openExample(session: Session, example: Example): Promise<string> {
  const text = await example.load();
  const more = await Promise.all((example.more ?? []).map(async ({ file, load }) => ({ file, text: await load() })));
  session.view.setState({ examplesOpen: false, phonePane: 'editor' });
  const shown = show(session, example.file, text);
  for (const other of more) show(session, other.file, other.text);
  return shown;
}

function show(session: Session, file: string, text: string): string {
  if (session.files.getState().files.get(file) !== text) return createFile(session.files, file, text);
  openFile(session.files, file);
  return file;
}
