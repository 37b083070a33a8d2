import { editorOptions, sharedMonaco, themeName } from './editor-view.ts';
import type { Monaco } from './monaco.ts';

/** One text in a small editor: an object's YAML. */
export class TextEditor {
  readonly #monaco: Monaco;
  readonly #editor: ReturnType<Monaco['editor']['create']>;
  readonly #model: ReturnType<Monaco['editor']['createModel']>;
  #replacing = false;

  constructor(element: HTMLElement, path: string, text: string, onEdit: () => void) {
    const { monaco } = sharedMonaco();
    this.#monaco = monaco;
    const uri = monaco.Uri.file(`/${path}`);
    monaco.editor.getModel(uri)?.dispose();
    this.#model = monaco.editor.createModel(text, 'yaml', uri);
    this.#model.onDidChangeContent(() => {
      if (!this.#replacing) onEdit();
    });
    this.#editor = monaco.editor.create(element, {
      ...editorOptions(),
      model: this.#model,
      fontSize: 12,
      lineHeight: 18,
      lineNumbers: 'off',
      glyphMargin: false,
      ariaLabel: 'Object as YAML',
    });
  }

  focus(): void {
    this.#editor.focus();
  }

  text(): string {
    return this.#model.getValue();
  }

  /** Takes over the live object's text where it differs, keeping the place. */
  replace(text: string): void {
    if (this.#model.getValue() === text) return;
    const state = this.#editor.saveViewState();
    this.#replacing = true;
    this.#model.setValue(text);
    this.#replacing = false;
    if (state) this.#editor.restoreViewState(state);
  }

  theme(): void {
    this.#monaco.editor.setTheme(themeName());
  }

  dispose(): void {
    this.#editor.dispose();
    this.#model.dispose();
  }
}
