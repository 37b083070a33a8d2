/** The one place that knows xterm: a screen in an element, keys out, bytes in. */
import { FitAddon } from '@xterm/addon-fit';
import { SearchAddon } from '@xterm/addon-search';
import { Unicode11Addon } from '@xterm/addon-unicode11';
import { WebLinksAddon } from '@xterm/addon-web-links';
import { type ITheme, Terminal } from '@xterm/xterm';
import '@xterm/xterm/css/xterm.css';

export interface TerminalEvents {
  type(bytes: Uint8Array): void;
  resize(columns: number, rows: number): void;
}

export class TerminalView {
  readonly #terminal: Terminal;
  readonly #fit = new FitAddon();
  readonly #observer: ResizeObserver;
  readonly search = new SearchAddon();

  constructor(element: HTMLElement, label: string, screenReader: boolean, events: TerminalEvents) {
    this.#terminal = new Terminal({
      fontFamily: 'ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace',
      fontSize: 12.5,
      lineHeight: 1.25,
      cursorBlink: true,
      scrollback: 10_000,
      allowProposedApi: true,
      screenReaderMode: screenReader,
      theme: readTheme(),
      minimumContrastRatio: 4.5,
    });
    for (const addon of [this.#fit, this.search, new WebLinksAddon(), new Unicode11Addon()])
      this.#terminal.loadAddon(addon);
    this.#terminal.unicode.activeVersion = '11';
    this.#terminal.open(element);
    this.#terminal.textarea?.setAttribute('aria-label', label);
    const encoder = new TextEncoder();
    this.#terminal.onData((text) => events.type(encoder.encode(text)));
    this.#terminal.onBinary((text) => events.type(Uint8Array.from(text, (char) => char.charCodeAt(0))));
    this.#terminal.onResize(({ cols, rows }) => events.resize(cols, rows));
    this.#terminal.attachCustomKeyEventHandler(isForTerminal);
    this.#observer = new ResizeObserver(() => this.fit());
    this.#observer.observe(element);
    this.fit();
    events.resize(this.#terminal.cols, this.#terminal.rows);
  }

  write(data: Uint8Array | string): void {
    this.#terminal.write(data);
  }
  fit(): void {
    // A hidden terminal has no size to fit.
    if ((this.#terminal.element?.offsetParent ?? null) !== null) this.#fit.fit();
  }
  focus(): void {
    this.#terminal.focus();
  }
  theme(): void {
    this.#terminal.options.theme = readTheme();
  }
  screenReader(on: boolean): void {
    this.#terminal.options.screenReaderMode = on;
  }
  /** What the screen shows, without trailing blanks. */
  text(): string {
    const { active } = this.#terminal.buffer;
    const lines: string[] = [];
    for (let row = 0; row < active.length; row++) lines.push(active.getLine(row)?.translateToString(true) ?? '');
    return lines.join('\n').trimEnd();
  }
  dispose(): void {
    this.#observer.disconnect();
    this.#terminal.dispose();
  }
}

/** The page keeps its own shortcuts; the browser keeps copy and paste. */
function isForTerminal(event: KeyboardEvent): boolean {
  const key = event.key.toLowerCase();
  const command = event.ctrlKey || event.metaKey;
  if (command && key === 'k') return false;
  if (event.ctrlKey && event.shiftKey && (key === 'c' || key === 'v')) return false;
  return !(event.metaKey && (key === 'c' || key === 'v'));
}

function readTheme(): ITheme {
  const style = getComputedStyle(document.documentElement);
  const read = (name: string) => style.getPropertyValue(name).trim();
  const light = document.documentElement.dataset['theme'] === 'light';
  return {
    background: read('--surface'),
    foreground: read('--text'),
    cursor: read('--accent'),
    cursorAccent: read('--surface'),
    selectionBackground: read('--accent-ground'),
    black: light ? '#17202b' : '#29333f',
    red: read('--error'),
    green: read('--ok'),
    yellow: read('--warning'),
    blue: read('--accent'),
    magenta: light ? '#8b3fa8' : '#c792ea',
    cyan: light ? '#0b7285' : '#5ccfe6',
    white: light ? '#55616f' : '#c8d1dc',
    brightBlack: read('--muted'),
    brightWhite: read('--text'),
  };
}
