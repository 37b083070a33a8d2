import { BookOpen, CircleAlert, Ellipsis, FilePlus2, Play, Trash2, X } from 'lucide-react';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { commandLine } from '../controls/command-line.ts';
import { runKubectl } from '../controls/run-kubectl.ts';
import { closeFile, createFile, nameProblem, openFile, removeFile, renameFile } from '../stores/file-store.ts';
import { useFiles, useSession } from '../stores/session-context.ts';
import { Button, Hint, IconButton } from '../widgets/buttons.tsx';
import { Modal } from '../widgets/dialog.tsx';
import { Empty } from '../widgets/empty.tsx';
import { ActionMenu } from '../widgets/menu.tsx';
import widgets from '../widgets/widgets.module.css';
import { applyFiles } from './apply-file.ts';
import { type Problem, shortMessage } from './apply-problems.ts';
import styles from './editor.module.css';
import type { EditorView } from './editor-view.ts';
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
    const { problems } = await applyFiles(session, paths);
    for (const [path, found] of problems) editor?.setProblems(path, found);
    setRefused(problems);
    setBusy(false);
  };
  const { view, problems } = useEditor(element, (editor) => {
    const path = session.files.getState().active;
    if (path !== undefined) void apply([path], editor);
  });
  return (
    <section className={styles.panel} aria-label="Editor">
      <div className={styles.bar}>
        <FileTabs problems={problems} onRename={(path) => setQuestion({ kind: 'rename', path })} />
        <IconButton icon={FilePlus2} label="New file" onClick={() => createFile(session.files, 'new.yaml', '')} />
        <FilesMenu onApplyAll={(paths) => void apply(paths, view)} onAsk={setQuestion} />
        <Hint
          text="Apply the file"
          more={active === undefined ? undefined : `${commandLine(['kubectl', 'apply', '-f', active])}   Ctrl+Enter`}
        >
          <Button
            tone="primary"
            icon={Play}
            disabled={active === undefined || busy}
            onClick={() => active !== undefined && void apply([active], view)}
          >
            Apply
          </Button>
        </Hint>
      </div>
      <div ref={element} className={styles.editor} hidden={active === undefined} />
      {active === undefined && loaded ? <NoFile /> : null}
      <Refused
        problems={refused}
        onDismiss={() => setRefused(new Map())}
        onGo={(path, line) => {
          openFile(session.files, path);
          requestAnimationFrame(() => view?.goTo(line));
        }}
      />
      {question?.kind === 'rename' ? <Rename path={question.path} onClose={() => setQuestion(undefined)} /> : null}
      {question?.kind === 'delete' ? <Delete path={question.path} onClose={() => setQuestion(undefined)} /> : null}
    </section>
  );
}

interface RefusedProps {
  readonly problems: ReadonlyMap<string, readonly Problem[]>;
  onDismiss(): void;
  onGo(path: string, line: number): void;
}

/** What the cluster said against the last Apply, line by line. */
function Refused({ problems, onDismiss, onGo }: RefusedProps) {
  const rows = [...problems].flatMap(([path, found]) => found.map((problem) => ({ path, problem })));
  if (rows.length === 0) return null;
  return (
    <section className={styles.refused} aria-label="Problems from the cluster">
      <div className={styles.refusedHead} role="alert">
        <CircleAlert size={15} aria-hidden="true" />
        <span>{rows.length === 1 ? 'Not applied: 1 problem' : `Not applied: ${rows.length} problems`}</span>
        <IconButton icon={X} label="Dismiss the problems" onClick={onDismiss} />
      </div>
      <ul>
        {rows.map(({ path, problem }) => (
          <li key={`${path}${problem.line}${problem.message}`}>
            <button type="button" onClick={() => onGo(path, problem.line)}>
              {path}:{problem.line}
            </button>
            <span>{shortMessage(problem.message)}</span>
          </li>
        ))}
      </ul>
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

function FileTabs({
  problems,
  onRename,
}: {
  readonly problems: ReadonlyMap<string, number>;
  onRename(path: string): void;
}) {
  const session = useSession();
  const open = useFiles((state) => state.open);
  const active = useFiles((state) => state.active);
  const files = useFiles((state) => state.files);
  const applied = useFiles((state) => state.applied);
  const bar = useRef<HTMLDivElement>(null);
  useEffect(() => {
    bar.current?.querySelector('[data-active="true"]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [active, open]);
  const move = (event: KeyboardEvent, path: string) => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    const next = open[(open.indexOf(path) + step + open.length) % open.length];
    if (step !== 0 && next !== undefined) {
      openFile(session.files, next);
      (
        event.currentTarget.parentElement?.parentElement?.querySelector(
          `[data-path="${CSS.escape(next)}"]`,
        ) as HTMLElement | null
      )?.focus();
    } else if (event.key === 'Delete') closeFile(session.files, path);
    else if (event.key === 'F2') onRename(path);
  };
  return (
    <div ref={bar} className={styles.tabs}>
      {open.map((path) => {
        const count = problems.get(path) ?? 0;
        const changed = applied.has(path) && applied.get(path) !== files.get(path);
        return (
          <span key={path} className={styles.tab} data-active={path === active}>
            <button
              type="button"
              data-path={path}
              aria-pressed={path === active}
              onClick={() => openFile(session.files, path)}
              onDoubleClick={() => onRename(path)}
              onKeyDown={(event) => move(event, path)}
              onAuxClick={() => closeFile(session.files, path)}
            >
              {path}
              {changed ? (
                <span className={styles.changed} role="img" aria-label="changed since it was applied" />
              ) : null}
              {count > 0 ? (
                <span className={styles.count}>
                  {count}
                  <span className="visually-hidden"> problems</span>
                </span>
              ) : null}
            </button>
            <button
              type="button"
              className={styles.close}
              aria-label={`Close ${path}`}
              onClick={() => closeFile(session.files, path)}
            >
              <X size={13} aria-hidden="true" />
            </button>
          </span>
        );
      })}
    </div>
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

function Rename({ path, onClose }: { readonly path: string; onClose(): void }) {
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

function Delete({ path, onClose }: { readonly path: string; onClose(): void }) {
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
