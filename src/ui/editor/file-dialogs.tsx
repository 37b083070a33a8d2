import { useState } from 'react';
import { nameProblem, removeFile, renameFile } from '../stores/file-store.ts';
import { useSession } from '../stores/session-context.ts';
import { Button } from '../widgets/buttons.tsx';
import { Modal } from '../widgets/dialog.tsx';
import widgets from '../widgets/widgets.module.css';

/** Asks for a file's new name. */
export function RenameFile({ path, onClose }: { readonly path: string; onClose(): void }) {
  const session = useSession();
  const [name, setName] = useState(path);
  const problem = nameProblem(session.files.getState().files, name, path);
  return (
    <Modal open title={`Rename ${path}`} onClose={onClose}>
      <form
        style={{ display: 'grid', gap: 12 }}
        onSubmit={(event) => {
          event.preventDefault();
          if (problem !== undefined) return;
          if (name !== path) renameFile(session.files, path, name);
          onClose();
        }}
      >
        <label className={widgets.field}>
          <span>Name</span>
          <input className={widgets.input} value={name} onChange={(event) => setName(event.target.value)} />
        </label>
        {problem === undefined ? null : <p className={widgets.problem}>{problem}</p>}
        <div className={widgets.dialogActions}>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" tone="primary" disabled={problem !== undefined}>
            Rename
          </Button>
        </div>
      </form>
    </Modal>
  );
}

/** Asks before a file is removed. */
export function DeleteFile({ path, onClose }: { readonly path: string; onClose(): void }) {
  const session = useSession();
  return (
    <Modal
      open
      title={`Delete ${path}?`}
      about="The file is removed from the editor and the terminal. What it described stays in the cluster."
      onClose={onClose}
    >
      <div className={widgets.dialogActions}>
        <Button onClick={onClose}>Cancel</Button>
        <Button
          tone="danger"
          autoFocus
          onClick={() => {
            removeFile(session.files, path);
            onClose();
          }}
        >
          Delete the file
        </Button>
      </div>
    </Modal>
  );
}
