import type { StatusLevel } from '../kinds/kind-look.ts';
import { statusShapes } from '../kinds/symbols.ts';
import type { Figure } from './picture.ts';

/** The colours of the page's theme, by the names of its custom properties. */
export interface Palette {
  readonly surface: string;
  readonly raised: string;
  readonly line: string;
  readonly lineStrong: string;
  readonly text: string;
  readonly muted: string;
  readonly accent: string;
  readonly levels: Readonly<Record<StatusLevel, string>>;
  readonly font: string;
}

/** Width of a text in px at a font size and weight. */
export type Measure = (text: string, size: number, bold: boolean) => number;

const escaped: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escape = (text: string) => text.replace(/[&<>"]/g, (char) => escaped[char] ?? char);

/**
 * Shortens in the middle: names of pods differ at their end and mean most at their start.
 */
export function shorten(text: string, width: number, fits: (text: string) => number): string {
  if (fits(text) <= width) return text;
  let low = 0;
  let high = text.length - 1;
  const cut = (kept: number) =>
    `${text.slice(0, Math.ceil(kept * 0.6))}…${text.slice(text.length - Math.floor(kept * 0.4))}`;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(cut(middle)) <= width) low = middle;
    else high = middle - 1;
  }
  return cut(low);
}

/** A figure as an SVG image: everything on it is drawn once and shared by all that look the same. */
export function figureImage(figure: Figure, width: number, height: number, palette: Palette, measure: Measure): string {
  const body =
    figure.shape === 'box'
      ? box(figure, width, height, palette, measure)
      : card(figure, width, height, palette, measure);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${escape(palette.font)}">${body}</svg>`;
  return `data:image/svg+xml;utf8,${encodeURIComponent(svg)}`;
}

/** The status as a shape with a mark: told apart without colour. */
function statusMark(level: StatusLevel, x: number, y: number, size: number, palette: Palette): string {
  const { path, mark } = statusShapes[level];
  const color = palette.levels[level];
  return `<g transform="translate(${x} ${y}) scale(${size / 16})" fill="none" stroke-linecap="round" stroke-linejoin="round"><path d="${path}" fill="${color}" fill-opacity="0.18" stroke="${color}" stroke-width="1.4"/><path d="${mark}" stroke="${color}" stroke-width="1.8"/></g>`;
}

function symbolMark(path: string, x: number, y: number, size: number, color: string): string {
  return `<path transform="translate(${x} ${y}) scale(${size / 16})" d="${path}" fill="none" stroke="${color}" stroke-width="1.4" stroke-linecap="round" stroke-linejoin="round"/>`;
}

function line(text: string, x: number, y: number, size: number, color: string, bold = false): string {
  return `<text x="${x}" y="${y}" font-size="${size}" fill="${color}"${bold ? ' font-weight="600"' : ''}>${escape(text)}</text>`;
}

const urgent = (level: StatusLevel) => level === 'error' || level === 'warning';

function card(figure: Figure, width: number, height: number, palette: Palette, measure: Measure): string {
  const chip = figure.shape === 'chip';
  const size = chip ? 12 : 13;
  const small = chip ? 10.5 : 11;
  const left = chip ? 27 : 36;
  const room = width - left - (chip ? 8 : 28);
  const edge = urgent(figure.level) ? palette.levels[figure.level] : palette.line;
  const dash = figure.dashed ? ' stroke-dasharray="4 3"' : '';
  const title = shorten(figure.title, room, (text) => measure(text, size, true));
  const detail = shorten(figure.subtitle, room, (text) => measure(text, small, false));
  const middle = height / 2;
  return [
    `<rect x="0.75" y="0.75" width="${width - 1.5}" height="${height - 1.5}" rx="6" fill="${palette.surface}" stroke="${edge}" stroke-width="1.2"${dash}/>`,
    chip
      ? statusMark(figure.level, 7, middle - 7.5, 15, palette)
      : symbolMark(figure.symbol, 10, middle - 9, 18, palette.muted),
    chip ? '' : statusMark(figure.level, width - 23, middle - 7, 14, palette),
    line(title, left, middle - 3, size, palette.text, true),
    line(detail, left, middle + 11, small, urgent(figure.level) ? palette.levels[figure.level] : palette.muted),
    foldedBar(figure, left, height - 4.5, room, palette),
  ].join('');
}

/** How many of the folded pods fare how, as lengths. */
function foldedBar(figure: Figure, x: number, y: number, width: number, palette: Palette): string {
  const folded = figure.folded ?? [];
  const total = folded.reduce((sum, part) => sum + part.count, 0);
  if (total === 0) return '';
  let at = x;
  return folded
    .map(({ level, count }) => {
      const length = (width * count) / total;
      const part = `<rect x="${at}" y="${y}" width="${Math.max(length - 1, 1)}" height="2.5" rx="1" fill="${palette.levels[level]}"/>`;
      at += length;
      return part;
    })
    .join('');
}

function box(figure: Figure, width: number, height: number, palette: Palette, measure: Measure): string {
  const edge = urgent(figure.level) ? palette.levels[figure.level] : palette.lineStrong;
  const dash = figure.dashed ? ' stroke-dasharray="6 4"' : '';
  const bars = figure.bars ?? [];
  const room = width - 74;
  return [
    `<rect x="0.75" y="0.75" width="${width - 1.5}" height="${height - 1.5}" rx="9" fill="${palette.raised}" stroke="${edge}" stroke-width="1.2"${dash}/>`,
    symbolMark(figure.symbol, 13, 13, 20, palette.muted),
    statusMark(figure.level, width - 30, 14, 17, palette),
    line(
      shorten(figure.title, room, (text) => measure(text, 14, true)),
      42,
      21,
      14,
      palette.text,
      true,
    ),
    line(
      shorten(figure.subtitle, room, (text) => measure(text, 11, false)),
      42,
      36,
      11,
      urgent(figure.level) ? palette.levels[figure.level] : palette.muted,
    ),
    ...bars.map((bar, index) =>
      capacity(bar, 13 + index * ((width - 26 + 10) / bars.length), (width - 26 + 10) / bars.length - 10, palette),
    ),
  ].join('');
}

function capacity(
  { label, share, text }: NonNullable<Figure['bars']>[number],
  x: number,
  width: number,
  palette: Palette,
): string {
  const filled = Math.min(Math.max(share, 0), 1) * width;
  const color = share > 1 ? palette.levels.error : share > 0.85 ? palette.levels.warning : palette.accent;
  return [
    line(`${label} ${text}`, x, 54, 10, palette.muted),
    `<rect x="${x}" y="59" width="${width}" height="4" rx="2" fill="${palette.line}"/>`,
    filled > 0 ? `<rect x="${x}" y="59" width="${Math.max(filled, 2)}" height="4" rx="2" fill="${color}"/>` : '',
  ].join('');
}
