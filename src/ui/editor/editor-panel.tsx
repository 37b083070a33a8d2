import { BookOpen, Ellipsis, FilePlus2, Play, Trash2 } from 'lucide-react';
import { useRef, useState } from 'react';
import { commandLine } from '../controls/command-line.ts';
import { runKubectl } from '../controls/run-kubectl.ts';
import { createFile, openFile } from '../stores/file-store.ts';
import { useFiles, useSession } from '../stores/session-context.ts';
import { Button, Hint, IconButton } from '../widgets/buttons.tsx';
import { Empty } from '../widgets/empty.tsx';
import { ActionMenu } from '../widgets/menu.tsx';
import { applyFiles } from './apply-file.ts';
import type { Problem } from './apply-problems.ts';
import { ControllerStatus } from './controller-status.tsx';
import styles from './editor.module.css';
import type { EditorView } from './editor-view.ts';
import { DeleteFile, RenameFile } from './file-dialogs.tsx';
import { FileTabs } from './file-tabs.tsx';
import { RefusedProblems } from './refused-problems.tsx';
import { isController, runController } from './run-controller.ts';
import { useEditor } from './use-editor.ts';

type Question = { readonly kind: 'rename' | 'delete'; readonly path: string };

/** Files as tabs over the editor, and what applies them. */
export function EditorPanel() {
  const session = useSession();
  const element = useRef<HTMLDivElement>(null);
  const active = useFiles((state) => state.active);
  const loaded = useFiles((state) => state.loaded);
  const [busy, setBusy] = useState(false);
  const [question, setQuestion] = useState<Question>();
  const [refused, setRefused] = useState<ReadonlyMap<string, readonly Problem[]>>(new Map());
  const apply = async (paths: readonly string[], editor: EditorView | undefined) => {
    if (busy || paths.length === 0) return;
    setBusy(true);
    const [controller] = paths;
    if (paths.length === 1 && controller !== undefined && isController(controller)) {
      const found = await runController(session, controller);
      editor?.setProblems(controller, found);
      setRefused(new Map([[controller, found]]));
      return setBusy(false);
    }
    const { problems } = await applyFiles(session, paths);
    for (const [path, found] of problems) editor?.setProblems(path, found);
    setRefused(problems);
    setBusy(false);
  };
  const { view, problems } = useEditor(element, (editor) => {
    const path = session.files.getState().active;
    if (path !== undefined) void apply([path], editor);
  });
  const runs = active !== undefined && isController(active);
  return (
    <section className={styles.panel} aria-label="Editor">
      <div className={styles.bar}>
        <FileTabs problems={problems} onRename={(path) => setQuestion({ kind: 'rename', path })} />
        <IconButton icon={FilePlus2} label="New file" onClick={() => createFile(session.files, 'new.yaml', '')} />
        <FilesMenu onApplyAll={(paths) => void apply(paths, view)} onAsk={setQuestion} />
        <Hint
          text={runs ? 'Run the controller' : 'Apply the file'}
          more={
            active === undefined
              ? undefined
              : runs
                ? 'Ctrl+Enter'
                : `${commandLine(['kubectl', 'apply', '-f', active])}   Ctrl+Enter`
          }
        >
          <Button
            tone="primary"
            icon={Play}
            disabled={active === undefined || busy}
            onClick={() => active !== undefined && void apply([active], view)}
          >
            {runs ? 'Run' : 'Apply'}
          </Button>
        </Hint>
      </div>
      <div ref={element} className={styles.editor} hidden={active === undefined} />
      {active === undefined && loaded ? <NoFile /> : null}
      {active !== undefined && runs ? <ControllerStatus key={active} path={active} /> : null}
      <RefusedProblems
        problems={refused}
        onDismiss={() => setRefused(new Map())}
        onGo={(path, line) => {
          openFile(session.files, path);
          requestAnimationFrame(() => view?.goTo(line));
        }}
      />
      {question?.kind === 'rename' ? <RenameFile path={question.path} onClose={() => setQuestion(undefined)} /> : null}
      {question?.kind === 'delete' ? <DeleteFile path={question.path} onClose={() => setQuestion(undefined)} /> : null}
    </section>
  );
}

function NoFile() {
  const session = useSession();
  const files = useFiles((state) => state.files);
  return (
    <Empty title={files.size === 0 ? 'Write a manifest, or start from an example' : 'No file is open'}>
      <p>Files here are the files of the terminal. Apply sends them to the cluster, as kubectl apply does.</p>
      <div style={{ display: 'flex', gap: 8, flexWrap: 'wrap', justifyContent: 'center' }}>
        <Button tone="primary" icon={BookOpen} onClick={() => session.view.setState({ examplesOpen: true })}>
          Browse examples
        </Button>
        <Button icon={FilePlus2} onClick={() => createFile(session.files, 'new.yaml', '')}>
          New file
        </Button>
      </div>
      {[...files.keys()].slice(0, 8).map((path) => (
        <button key={path} type="button" className={styles.reopen} onClick={() => openFile(session.files, path)}>
          {path}
        </button>
      ))}
    </Empty>
  );
}

function FilesMenu({
  onApplyAll,
  onAsk,
}: {
  onApplyAll(paths: readonly string[]): void;
  onAsk(question: Question): void;
}) {
  const session = useSession();
  const files = useFiles((state) => state.files);
  const active = useFiles((state) => state.active);
  const manifests = [...files.keys()].filter((path) => /\.(ya?ml|json)$/.test(path));
  return (
    <ActionMenu
      trigger={<IconButton icon={Ellipsis} label="Files" />}
      actions={[
        {
          label: `Apply all files (${manifests.length})`,
          command:
            commandLine(['kubectl', 'apply', ...manifests.slice(0, 3).flatMap((path) => ['-f', path])]) +
            (manifests.length > 3 ? ' …' : ''),
          disabled: manifests.length === 0,
          icon: Play,
          run: () => onApplyAll(manifests),
        },
        ...(active === undefined
          ? []
          : [
              {
                label: 'Delete what this file describes',
                command: commandLine(['kubectl', 'delete', '-f', active]),
                tone: 'danger' as const,
                icon: Trash2,
                run: () => void runKubectl(session, ['delete', '-f', active, '--wait=false', '--ignore-not-found']),
              },
              undefined,
              { label: 'Rename…', run: () => onAsk({ kind: 'rename', path: active }) },
              {
                label: 'Delete the file…',
                tone: 'danger' as const,
                run: () => onAsk({ kind: 'delete', path: active }),
              },
            ]),
        undefined,
        ...[...files.keys()].map((path) => ({ label: path, run: () => openFile(session.files, path) })),
      ]}
    />
  );
}
