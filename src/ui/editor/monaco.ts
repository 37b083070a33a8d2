/** Monaco with what a YAML editor needs and no more: its core, chosen features, and one language. */
import * as monaco from 'monaco-editor/editor/editor.api.js';
import 'monaco-editor/features/bracketMatching/register.js';
import 'monaco-editor/features/caretOperations/register.js';
import 'monaco-editor/features/clipboard/register.js';
import 'monaco-editor/features/codeAction/register.js';
import 'monaco-editor/features/codicon/register.js';
import 'monaco-editor/features/comment/register.js';
import 'monaco-editor/features/contextmenu/register.js';
import 'monaco-editor/features/cursorUndo/register.js';
import 'monaco-editor/features/find/register.js';
import 'monaco-editor/features/folding/register.js';
import 'monaco-editor/features/format/register.js';
import 'monaco-editor/features/gotoError/register.js';
import 'monaco-editor/features/gotoLine/register.js';
import 'monaco-editor/features/hover/register.js';
import 'monaco-editor/features/indentation/register.js';
import 'monaco-editor/features/linesOperations/register.js';
import 'monaco-editor/features/links/register.js';
import 'monaco-editor/features/multicursor/register.js';
import 'monaco-editor/features/quickCommand/register.js';
import 'monaco-editor/features/readOnlyMessage/register.js';
import 'monaco-editor/features/smartSelect/register.js';
import 'monaco-editor/features/snippet/register.js';
import 'monaco-editor/editor/contrib/suggest/browser/suggestController.js';
import 'monaco-editor/features/toggleTabFocusMode/register.js';
import 'monaco-editor/features/tokenization/register.js';
import 'monaco-editor/features/wordHighlighter/register.js';
import 'monaco-editor/features/wordOperations/register.js';
import 'monaco-editor/languages/definitions/javascript/register.js';
import 'monaco-editor/languages/definitions/shell/register.js';
import 'monaco-editor/languages/definitions/typescript/register.js';
import 'monaco-editor/languages/definitions/yaml/register.js';

export type Monaco = typeof monaco;

/** Tells Monaco where its worker is and what the page's colours are. Call once. */
export function prepareMonaco(): Monaco {
  Object.assign(self, {
    MonacoEnvironment: {
      getWorker: () => new Worker(new URL('./editor.worker.ts', import.meta.url), { type: 'module', name: 'editor' }),
    },
  });
  monaco.editor.defineTheme('tabernetes-dark', {
    base: 'vs-dark',
    inherit: true,
    rules: [
      { token: 'type', foreground: '8ec5ff' },
      { token: 'string', foreground: 'b7e2c3' },
      { token: 'number', foreground: 'f2c48d' },
      { token: 'keyword', foreground: 'f2c48d' },
      { token: 'comment', foreground: '8a97a8', fontStyle: 'italic' },
    ],
    colors: {
      'editor.background': '#141a22',
      'editorGutter.background': '#141a22',
      'editorLineNumber.foreground': '#77859a',
      'editor.lineHighlightBackground': '#1b232d',
    },
  });
  monaco.editor.defineTheme('tabernetes-light', {
    base: 'vs',
    inherit: true,
    rules: [
      { token: 'type', foreground: '1b4fa8' },
      { token: 'string', foreground: '17623c' },
      { token: 'number', foreground: '8a4b00' },
      { token: 'keyword', foreground: '8a4b00' },
      { token: 'comment', foreground: '5d6a79', fontStyle: 'italic' },
    ],
    colors: {
      'editor.background': '#ffffff',
      'editorLineNumber.foreground': '#6b7889',
      'editor.lineHighlightBackground': '#f4f6f9',
    },
  });
  return monaco;
}
