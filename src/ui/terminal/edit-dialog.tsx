import { useEffect, useRef } from 'react';
import type { TextEditor } from '../editor/text-editor.ts';
import { useView } from '../stores/session-context.ts';
import { Button } from '../widgets/buttons.tsx';
import { Modal } from '../widgets/dialog.tsx';
import widgets from '../widgets/widgets.module.css';
import styles from './terminal.module.css';

/** The editor that a command in the terminal asked for. */
export function EditDialog() {
  const editing = useView((state) => state.editing);
  if (!editing) return null;
  return <Edit key={editing.path} {...editing} />;
}

function Edit({
  path,
  text,
  done,
}: {
  readonly path: string;
  readonly text: string;
  done(text: string | undefined): void;
}) {
  const element = useRef<HTMLDivElement>(null);
  const editor = useRef<TextEditor>(undefined);
  useEffect(() => {
    let gone = false;
    void import('../editor/text-editor.ts').then(({ TextEditor: View }) => {
      if (gone || !element.current) return;
      editor.current = new View(element.current, `edit${path}`, text, () => undefined);
      editor.current.focus();
    });
    return () => {
      gone = true;
      editor.current?.dispose();
    };
  }, [path, text]);
  return (
    <Modal
      open
      title={`Edit ${path.split('/').at(-1) ?? path}`}
      className={styles.edit}
      onClose={() => done(undefined)}
    >
      <div ref={element} className={styles.editText} />
      <div className={widgets.dialogActions}>
        <Button onClick={() => done(undefined)}>Cancel</Button>
        <Button tone="primary" onClick={() => done(editor.current?.text() ?? text)}>
          Save and close
        </Button>
      </div>
    </Modal>
  );
}
