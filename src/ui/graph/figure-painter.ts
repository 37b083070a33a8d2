import type { StatusLevel } from '../kinds/kind-look.ts';
import { statusShapes } from '../kinds/symbols.ts';
import type { Figure, Rect } from './picture.ts';

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

/** The end of a name that a controller gave: what tells it from the others. */
const generatedEnd = /-[a-z0-9]{5}$/;

/** Shortens in the middle: names mean most at their start, and those of pods differ at their end. */
export function shorten(text: string, width: number, fits: (text: string) => number): string {
  if (fits(text) <= width) return text;
  let low = 0;
  let high = text.length - 1;
  const own = generatedEnd.test(text) ? 6 : 0;
  const cut = (kept: number) => {
    const end = own > 0 && kept >= 2 * own ? own : Math.floor(kept * 0.4);
    return `${text.slice(0, kept - end)}…${text.slice(text.length - end)}`;
  };
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(cut(middle)) <= width) low = middle;
    else high = middle - 1;
  }
  return cut(low);
}

type Context = CanvasRenderingContext2D;

const rememberedTexts = 4000;
const urgent = (level: StatusLevel) => level === 'error' || level === 'warning';

/** Paints figures on a canvas. Paths and shortened texts are worked out once. */
export class FigurePainter {
  palette: Palette;
  readonly #paths = new Map<string, Path2D>();
  readonly #short = new Map<string, string>();

  constructor(palette: Palette) {
    this.palette = palette;
  }

  paint(context: Context, figure: Figure, rect: Rect): void {
    context.save();
    context.translate(rect.x, rect.y);
    context.textBaseline = 'alphabetic';
    context.textAlign = 'left';
    if (figure.shape === 'box') this.#box(context, figure, rect);
    else this.#card(context, figure, rect);
    context.restore();
  }

  #card(context: Context, figure: Figure, { width, height }: Rect): void {
    const { palette } = this;
    const chip = figure.shape === 'chip';
    const left = chip ? 27 : 36;
    const room = width - left - (chip ? 8 : 28);
    const middle = height / 2;
    this.#frame(context, figure, { x: 0, y: 0, width, height }, palette.surface, palette.line, 6);
    if (chip) this.#status(context, figure.level, 7, middle - 7.5, 15);
    else {
      this.#symbol(context, figure.symbol, 10, middle - 9, 18);
      this.#status(context, figure.level, width - 22, middle - 15, 14);
    }
    this.#text(context, figure.title, left, middle - 3, {
      size: chip ? 12 : 13,
      room,
      color: palette.text,
      bold: true,
    });
    const detail = { size: chip ? 10.5 : 11, room: width - left - 8, color: this.#detailColor(figure) };
    this.#text(context, figure.subtitle, left, middle + 11, detail);
    this.#folded(context, figure, left, height - 4.5, room);
  }

  #box(context: Context, figure: Figure, { width, height }: Rect): void {
    const { palette } = this;
    this.#frame(context, figure, { x: 0, y: 0, width, height }, palette.raised, palette.lineStrong, 9);
    this.#symbol(context, figure.symbol, 13, 13, 20);
    this.#status(context, figure.level, width - 30, 14, 17);
    this.#text(context, figure.title, 42, 21, { size: 14, room: width - 78, color: palette.text, bold: true });
    this.#text(context, figure.subtitle, 42, 36, { size: 11, room: width - 78, color: this.#detailColor(figure) });
    const bars = figure.bars ?? [];
    const step = (width - 16) / bars.length;
    for (const [index, bar] of bars.entries()) this.#bar(context, bar, 13 + index * step, step - 10);
  }

  #frame(context: Context, figure: Figure, { width, height }: Rect, fill: string, line: string, radius: number): void {
    context.beginPath();
    context.roundRect(0.75, 0.75, width - 1.5, height - 1.5, radius);
    context.fillStyle = fill;
    context.fill();
    context.strokeStyle = urgent(figure.level) ? this.palette.levels[figure.level] : line;
    context.lineWidth = 1.2;
    context.setLineDash(figure.dashed ? [5, 4] : []);
    context.stroke();
    context.setLineDash([]);
  }

  /** The status as a shape with a mark: told apart without colour. */
  #status(context: Context, level: StatusLevel, x: number, y: number, size: number): void {
    const { path, mark } = statusShapes[level];
    const alpha = context.globalAlpha;
    context.save();
    context.translate(x, y);
    context.scale(size / 16, size / 16);
    context.lineCap = 'round';
    context.lineJoin = 'round';
    context.fillStyle = this.palette.levels[level];
    context.strokeStyle = this.palette.levels[level];
    context.globalAlpha = alpha * 0.18;
    context.fill(this.#path(path));
    context.globalAlpha = alpha;
    context.lineWidth = 1.4;
    context.stroke(this.#path(path));
    context.lineWidth = 1.8;
    context.stroke(this.#path(mark));
    context.restore();
  }

  #symbol(context: Context, path: string, x: number, y: number, size: number): void {
    context.save();
    context.translate(x, y);
    context.scale(size / 16, size / 16);
    context.lineCap = 'round';
    context.lineJoin = 'round';
    context.lineWidth = 1.4;
    context.strokeStyle = this.palette.muted;
    context.stroke(this.#path(path));
    context.restore();
  }

  #text(
    context: Context,
    text: string,
    x: number,
    y: number,
    {
      size,
      room,
      color,
      bold = false,
    }: { readonly size: number; readonly room: number; readonly color: string; readonly bold?: boolean },
  ): void {
    context.font = `${bold ? '600 ' : ''}${size}px ${this.palette.font}`;
    context.fillStyle = color;
    const key = `${size}|${Math.round(room)}|${text}`;
    let short = this.#short.get(key);
    if (short === undefined) {
      if (this.#short.size > rememberedTexts) this.#short.clear();
      short = shorten(text, room, (candidate) => context.measureText(candidate).width);
      this.#short.set(key, short);
    }
    context.fillText(short, x, y);
  }

  /** How many of the folded pods fare how, as lengths. */
  #folded(context: Context, figure: Figure, x: number, y: number, width: number): void {
    const folded = figure.folded ?? [];
    const total = folded.reduce((sum, part) => sum + part.count, 0);
    let at = x;
    for (const { level, count } of folded) {
      const length = (width * count) / total;
      context.fillStyle = this.palette.levels[level];
      context.fillRect(at, y, Math.max(length - 1, 1), 2.5);
      at += length;
    }
  }

  #bar(context: Context, { label, share, text }: NonNullable<Figure['bars']>[number], x: number, width: number): void {
    const { palette } = this;
    this.#text(context, `${label} ${text}`, x, 54, { size: 10, room: width + 8, color: palette.muted });
    const filled = Math.min(Math.max(share, 0), 1) * width;
    const part = (length: number, color: string) => {
      context.beginPath();
      context.roundRect(x, 59, length, 4, 2);
      context.fillStyle = color;
      context.fill();
    };
    part(width, palette.line);
    if (filled > 0)
      part(
        Math.max(filled, 2),
        share > 1 ? palette.levels.error : share > 0.85 ? palette.levels.warning : palette.accent,
      );
  }

  #detailColor({ level }: Figure): string {
    return urgent(level) ? this.palette.levels[level] : this.palette.muted;
  }

  #path(data: string): Path2D {
    let path = this.#paths.get(data);
    if (!path) {
      path = new Path2D(data);
      this.#paths.set(data, path);
    }
    return path;
  }
}
