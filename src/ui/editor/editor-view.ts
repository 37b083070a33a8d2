/** The one place that the panels know Monaco by: an editor in an element, one model for each file. */
import type { Problem } from './apply-problems.ts';
import { type Monaco, prepareMonaco } from './monaco.ts';
import { YamlLanguage } from './yaml-language.ts';

type Editor = ReturnType<Monaco['editor']['create']>;
type Model = ReturnType<Monaco['editor']['createModel']>;

export interface EditorEvents {
  change(path: string, text: string): void;
  apply(): void;
  problems(path: string, count: number): void;
}

/** Monaco is one for the page, as its own registries are. */
export const sharedMonaco = once(() => {
  const monaco = prepareMonaco();
  return { monaco, language: YamlLanguage.start(monaco) };
});

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

export class EditorView {
  readonly #monaco: Monaco;
  readonly #editor: Editor;
  readonly #events: EditorEvents;
  readonly #models = new Map<string, Model>();
  readonly #states = new Map<string, ReturnType<Editor['saveViewState']>>();
  readonly #disposers: { dispose(): void }[] = [];
  #path: string | undefined;
  #writing = false;

  constructor(element: HTMLElement, events: EditorEvents) {
    const { monaco } = sharedMonaco();
    this.#monaco = monaco;
    this.#events = events;
    this.#editor = monaco.editor.create(element, editorOptions());
    this.#editor.addCommand(monaco.KeyMod.CtrlCmd | monaco.KeyCode.KeyS, () => events.apply());
    this.#editor.addCommand(monaco.KeyMod.CtrlCmd | monaco.KeyCode.Enter, () => events.apply());
    this.#editor.addCommand(monaco.KeyMod.CtrlCmd | monaco.KeyCode.KeyK, () => undefined);
    this.#disposers.push(monaco.editor.onDidChangeMarkers(() => this.#countProblems()));
    this.theme();
  }

  /** Shows a file; its undo history, place and problems are its own. */
  show(path: string | undefined, text: string): void {
    if (this.#path !== undefined && this.#path !== path) this.#states.set(this.#path, this.#editor.saveViewState());
    if (path === undefined) {
      this.#path = undefined;
      this.#editor.setModel(null);
      return;
    }
    const model = this.#modelOf(path, text);
    this.setText(path, text);
    if (this.#path === path) return;
    this.#path = path;
    this.#editor.setModel(model);
    const state = this.#states.get(path);
    if (state) this.#editor.restoreViewState(state);
  }

  /** Takes over a text from elsewhere as an edit that can be undone. Text that the editor has already is left alone. */
  setText(path: string, text: string): void {
    const model = this.#models.get(path);
    if (!model || model.getValue() === text) return;
    this.#writing = true;
    model.pushEditOperations([], [{ range: model.getFullModelRange(), text }], () => null);
    this.#writing = false;
  }

  /** What the server said of a file. */
  setProblems(path: string, problems: readonly Problem[]): void {
    const model = this.#models.get(path);
    if (!model) return;
    this.#monaco.editor.setModelMarkers(
      model,
      'server',
      problems.map((problem) => ({
        severity: this.#monaco.MarkerSeverity.Error,
        source: 'kubectl apply',
        message: problem.message,
        startLineNumber: problem.line,
        endLineNumber: problem.line,
        startColumn: problem.column,
        endColumn: problem.endColumn,
      })),
    );
    const [first] = problems;
    if (first && this.#path === path) this.#editor.revealLineInCenterIfOutsideViewport(first.line);
  }

  forget(paths: ReadonlySet<string>): void {
    for (const [path, model] of this.#models) {
      if (paths.has(path)) continue;
      model.dispose();
      this.#models.delete(path);
      this.#states.delete(path);
    }
  }

  /** Goes to a line of the shown file. */
  goTo(line: number): void {
    this.#editor.setPosition({ lineNumber: line, column: 1 });
    this.#editor.revealLineInCenterIfOutsideViewport(line);
    this.#editor.focus();
  }

  focus(): void {
    this.#editor.focus();
  }

  theme(): void {
    this.#monaco.editor.setTheme(themeName());
  }

  dispose(): void {
    for (const disposer of this.#disposers) disposer.dispose();
    for (const model of this.#models.values()) model.dispose();
    this.#editor.dispose();
  }

  #modelOf(path: string, text: string): Model {
    const known = this.#models.get(path);
    if (known) return known;
    const model = this.#monaco.editor.createModel(
      text,
      languageOf(path),
      this.#monaco.Uri.file(`/home/tabernetes/${path}`),
    );
    model.updateOptions({ tabSize: 2, insertSpaces: true });
    model.onDidChangeContent(() => {
      if (!this.#writing) this.#events.change(path, model.getValue());
    });
    this.#models.set(path, model);
    return model;
  }

  #countProblems(): void {
    for (const [path, model] of this.#models) {
      const markers = this.#monaco.editor.getModelMarkers({ resource: model.uri });
      this.#events.problems(
        path,
        markers.filter((marker) => marker.severity >= this.#monaco.MarkerSeverity.Warning).length,
      );
    }
  }
}

export const themeName = (): string =>
  document.documentElement.dataset['theme'] === 'light' ? 'tabernetes-light' : 'tabernetes-dark';

function languageOf(path: string): string {
  if (/\.(ya?ml|json)$/.test(path)) return 'yaml';
  if (path.endsWith('.js')) return 'javascript';
  if (path.endsWith('.ts')) return 'typescript';
  return path.endsWith('.sh') ? 'shell' : 'plaintext';
}

/** What the page's editors have in common. */
export function editorOptions() {
  return {
    model: null,
    automaticLayout: true,
    minimap: { enabled: false },
    fontSize: 13,
    lineHeight: 20,
    fontFamily: 'ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace',
    scrollBeyondLastLine: false,
    renderLineHighlight: 'line' as const,
    padding: { top: 8, bottom: 8 },
    lineNumbersMinChars: 3,
    lineDecorationsWidth: 8,
    folding: true,
    fixedOverflowWidgets: true,
    quickSuggestions: { other: true, comments: false, strings: true },
    suggest: { showWords: false },
    overviewRulerBorder: false,
    hideCursorInOverviewRuler: true,
    scrollbar: { verticalScrollbarSize: 10, horizontalScrollbarSize: 10, useShadows: false },
    ariaLabel: 'Editor',
    theme: themeName(),
  };
}
