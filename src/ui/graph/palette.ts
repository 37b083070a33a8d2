import type { Palette } from './figure-painter.ts';

/** Reads the theme's colours from the page's custom properties. */
export function readPalette(): Palette {
  const style = getComputedStyle(document.documentElement);
  const read = (name: string) => style.getPropertyValue(name).trim();
  return {
    surface: read('--surface'),
    raised: read('--raised'),
    line: read('--line'),
    lineStrong: read('--line-strong'),
    text: read('--text'),
    muted: read('--muted'),
    accent: read('--accent'),
    levels: {
      ok: read('--ok'),
      progress: read('--progress'),
      warning: read('--warning'),
      error: read('--error'),
      done: read('--done'),
      neutral: read('--neutral'),
    },
    font: read('--font').replaceAll('"', "'"),
  };
}
