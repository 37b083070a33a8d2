import type { Core, NodeSingular } from 'cytoscape';
import type { FlowEvent, FlowHop } from '../../protocol/control.ts';
import type { Palette } from './figure-painter.ts';

interface Moving {
  readonly flow: FlowEvent;
  readonly path: readonly string[];
  readonly startedMs: number;
}

const hopMs = 420;
const mostAtOnce = 160;

/** Requests as dots that move along their hops, on a canvas above the graph. A failed one ends as a cross. */
export class FlowLayer {
  readonly #canvas: HTMLCanvasElement;
  readonly #cy: Core;
  readonly #elementOf: (hop: FlowHop) => string | undefined;
  #colors = { ok: '#58c48a', failed: '#ff8078', ground: '#0d1117' };
  #moving: Moving[] = [];
  #frame = 0;

  constructor(canvas: HTMLCanvasElement, cy: Core, elementOf: (hop: FlowHop) => string | undefined) {
    this.#canvas = canvas;
    this.#cy = cy;
    this.#elementOf = elementOf;
    this.resize();
  }

  theme(palette: Palette): void {
    this.#colors = { ok: palette.levels.ok, failed: palette.levels.error, ground: palette.surface };
  }

  add(flows: readonly FlowEvent[]): void {
    if (document.visibilityState === 'hidden') return;
    const now = performance.now();
    for (const flow of flows) {
      if (this.#moving.length >= mostAtOnce) break;
      const path = flow.hops
        .flatMap((hop) => this.#elementOf(hop) ?? [])
        .filter((id, index, all) => id !== all[index - 1]);
      if (path.length < 2) continue;
      // Flows of one message set out one after the other, as they came.
      this.#moving.push({ flow, path, startedMs: now + Math.random() * 120 });
    }
    if (this.#moving.length > 0 && this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#draw());
  }

  resize(): void {
    const { clientWidth, clientHeight } = this.#canvas;
    this.#canvas.width = clientWidth * devicePixelRatio;
    this.#canvas.height = clientHeight * devicePixelRatio;
  }

  stop(): void {
    cancelAnimationFrame(this.#frame);
    this.#moving = [];
  }

  #draw(): void {
    this.#frame = 0;
    const context = this.#canvas.getContext('2d');
    if (!context) return;
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    context.clearRect(0, 0, this.#canvas.clientWidth, this.#canvas.clientHeight);
    const now = performance.now();
    this.#moving = this.#moving.filter((moving) => now < moving.startedMs + hopMs * (moving.path.length - 1) + 350);
    for (const moving of this.#moving) this.#drawOne(context, moving, now);
    if (this.#moving.length > 0) this.#frame = requestAnimationFrame(() => this.#draw());
  }

  #drawOne(context: CanvasRenderingContext2D, { flow, path, startedMs }: Moving, now: number): void {
    const progress = Math.max(now - startedMs, 0) / hopMs;
    const last = path.length - 1;
    const at = Math.min(Math.floor(progress), last - 1);
    const way = this.#way(path[at], path[at + 1]);
    if (!way || now < startedMs) return;
    const [from, to] = way;
    const share = ease(Math.min(progress - at, 1));
    const x = from.x + (to.x - from.x) * share;
    const y = from.y + (to.y - from.y) * share;
    const arrived = progress >= last;
    const failed = flow.outcome !== 'ok';
    context.globalAlpha = arrived ? Math.max(0, 1 - ((progress - last) * hopMs) / 350) : 1;
    context.strokeStyle = this.#colors.ground;
    context.fillStyle = failed ? this.#colors.failed : this.#colors.ok;
    if (arrived && failed) drawCross(context, x, y, this.#colors.failed);
    else drawDot(context, x, y, arrived ? 3.5 + (progress - last) * 5 : 3.5);
    context.globalAlpha = 1;
  }

  /** From the edge of one figure to the edge of the next, so that no text is covered. */
  #way(from: string | undefined, to: string | undefined): readonly [Point, Point] | undefined {
    const a = this.#box(from);
    const b = this.#box(to);
    if (!a || !b) return undefined;
    return [borderPoint(a, b), borderPoint(b, a)];
  }

  #box(id: string | undefined): Box | undefined {
    const node = id === undefined ? undefined : (this.#cy.getElementById(id) as NodeSingular);
    if (!node || node.empty()) return undefined;
    return { ...node.renderedPosition(), width: node.renderedWidth(), height: node.renderedHeight() };
  }
}

interface Point {
  readonly x: number;
  readonly y: number;
}
interface Box extends Point {
  readonly width: number;
  readonly height: number;
}

/** Where the line from a box's centre to another's leaves the box. */
export function borderPoint(box: Box, towards: Point): Point {
  const dx = towards.x - box.x;
  const dy = towards.y - box.y;
  if (dx === 0 && dy === 0) return box;
  const share = Math.min(box.width / 2 / Math.abs(dx), box.height / 2 / Math.abs(dy), 1);
  return { x: box.x + dx * share, y: box.y + dy * share };
}

const ease = (t: number) => t * t * (3 - 2 * t);

function drawDot(context: CanvasRenderingContext2D, x: number, y: number, radius: number): void {
  context.beginPath();
  context.arc(x, y, radius, 0, Math.PI * 2);
  context.fill();
  context.lineWidth = 1.5;
  context.stroke();
}

function drawCross(context: CanvasRenderingContext2D, x: number, y: number, color: string): void {
  context.strokeStyle = color;
  context.lineWidth = 3;
  context.beginPath();
  context.moveTo(x - 6, y - 6);
  context.lineTo(x + 6, y + 6);
  context.moveTo(x + 6, y - 6);
  context.lineTo(x - 6, y + 6);
  context.stroke();
}
