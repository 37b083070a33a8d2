/**
 * The one place that knows Cytoscape: it draws pictures and tells what was touched. Between two pictures it adds, moves and
 * restyles only what differs; places come from our own layout.
 */
import cytoscape, { type Core, type ElementDefinition, type NodeSingular } from 'cytoscape';
import type { FlowEvent } from '../../protocol/control.ts';
import { FigurePainter, type Palette } from './figure-painter.ts';
import { FlowLayer } from './flow-layer.ts';
import { usePainting } from './own-painting.ts';
import type { Edge, Figure, Picture, PlacedFigure } from './picture.ts';

export interface GraphEvents {
  select(uid: string | undefined): void;
  /** A folded group or a card was opened. */
  open(uid: string): void;
}

const manyElements = 800;
/** Up to this many figures are painted anew in each frame, sharp; more come from textures. */
const paintedDirectly = 500;
const padding = 28;
/** On a large screen few figures are drawn larger than they are made, up to this. */
const largest = 1.4;
/** The controls over the left edge. */
const controls = 26;

export class GraphView {
  readonly #cy: Core;
  readonly #events: GraphEvents;
  readonly #painter: FigurePainter;
  readonly #flows: FlowLayer;
  #palette: Palette;
  #picture: Picture = { figures: [], edges: [], standIns: new Map() };
  #drawn = new Map<string, PlacedFigure>();
  #edges = new Map<string, Edge>();
  readonly #looks = new Map<string, string>();
  #lastLook = 0;
  #selected: string | undefined;
  /** Whether a person moved the view; until then it is fitted to what there is. */
  #touched = false;
  #many = false;

  constructor(container: HTMLElement, overlay: HTMLCanvasElement, palette: Palette, events: GraphEvents) {
    this.#palette = palette;
    this.#events = events;
    this.#painter = new FigurePainter(palette);
    this.#cy = cytoscape({
      container,
      style: styleOf(palette, false),
      layout: { name: 'preset' },
      minZoom: 0.08,
      maxZoom: 2.5,
      autoungrabify: true,
      boxSelectionEnabled: false,
      selectionType: 'single',
    });
    usePainting(
      this.#cy,
      (context, node, x, y) => this.#paint(context, node, x, y),
      () => this.#drawn.size <= paintedDirectly,
    );
    this.#flows = new FlowLayer(overlay, this.#cy, (hop) => this.#elementOf(hop));
    this.#listen();
  }

  /** Draws a picture; `fresh` is another lens, which is fitted whole. */
  draw(picture: Picture, fresh: boolean): void {
    const edges = new Map(picture.edges.map((edge) => [edge.id, edge]));
    const figures = new Map(picture.figures.map((placed) => [placed.figure.id, placed]));
    this.#picture = picture;
    this.#cy.batch(() => {
      for (const id of this.#edges.keys()) if (!edges.has(id) || fresh) this.#cy.getElementById(id).remove();
      for (const id of this.#drawn.keys()) if (!figures.has(id) || fresh) this.#cy.getElementById(id).remove();
      const added = this.#putFigures(picture.figures, fresh);
      const known = fresh ? new Map<string, Edge>() : this.#edges;
      const drawable = picture.edges.filter((edge) => figures.has(edge.source) && figures.has(edge.target));
      added.push(...drawable.filter((edge) => !known.has(edge.id)).map(edgeElement));
      if (added.length > 0) this.#cy.add(added);
      for (const edge of drawable)
        if (known.get(edge.id)?.dashed !== edge.dashed)
          this.#cy.getElementById(edge.id).data('dashed', edge.dashed ? 1 : 0);
      this.#edges = new Map(drawable.map((edge) => [edge.id, edge]));
    });
    this.#drawn = figures;
    this.#thin(figures.size + edges.size);
    this.#mark();
    if (fresh) this.#touched = false;
    if (!this.#touched) this.#fitIfNeeded(fresh);
  }

  select(uid: string | undefined): void {
    this.#selected = uid;
    this.#mark();
  }

  /** Brings an object into view without changing the zoom, and moves no further than that. */
  reveal(uid: string): void {
    const element = this.#cy.getElementById(this.#picture.standIns.get(uid) ?? uid);
    if (element.empty()) return;
    const box = element.renderedBoundingBox();
    const { width, height } = this.#size();
    const by = {
      x: shiftInto(box.x1, box.x2, padding + controls, width - padding),
      y: shiftInto(box.y1, box.y2, padding, height - padding),
    };
    if (by.x !== 0 || by.y !== 0) this.#cy.animate({ panBy: by }, { duration: 200 });
  }

  fit(): void {
    this.#touched = false;
    this.#fitIfNeeded(true);
  }

  zoom(factor: number): void {
    this.#touched = true;
    const { width, height } = this.#size();
    this.#cy.zoom({ level: this.#cy.zoom() * factor, renderedPosition: { x: width / 2, y: height / 2 } });
  }

  theme(palette: Palette): void {
    this.#palette = palette;
    this.#painter.palette = palette;
    this.#looks.clear();
    this.#cy.style(styleOf(palette, this.#many));
    this.#cy.batch(() => {
      for (const placed of this.#drawn.values())
        this.#cy.getElementById(placed.figure.id).data('image', this.#image(placed));
    });
    this.#flows.theme(palette);
  }

  flows(flows: readonly FlowEvent[]): void {
    this.#flows.add(flows);
  }

  resize(): void {
    this.#cy.resize();
    this.#flows.resize();
    if (!this.#touched) this.#fitIfNeeded(true);
  }

  /** The selectable figure nearest to the selected one in a direction; the first one when nothing is selected. */
  neighbour(direction: 'left' | 'right' | 'up' | 'down'): string | undefined {
    const candidates = [...this.#drawn.values()].filter(({ figure }) => figure.uid !== undefined);
    const from = candidates.find(({ figure }) => figure.uid === this.#selected || figure.id === this.#selected);
    if (!from) return candidates[0]?.figure.uid;
    return nearest(from, candidates, direction)?.figure.uid;
  }

  destroy(): void {
    this.#flows.stop();
    this.#cy.destroy();
  }

  #listen(): void {
    this.#cy.on('tap', (event) => {
      if (event.target === this.#cy) return this.#events.select(undefined);
      this.#events.select((event.target as NodeSingular).data('uid') as string | undefined);
    });
    this.#cy.on('dbltap', 'node', (event) => {
      const uid = (event.target as NodeSingular).data('uid') as string | undefined;
      if (uid !== undefined) this.#events.open(uid);
    });
    this.#cy.on('dragpan scrollzoom pinchzoom', () => {
      this.#touched = true;
    });
  }

  #putFigures(placed: readonly PlacedFigure[], fresh: boolean): ElementDefinition[] {
    const added: ElementDefinition[] = [];
    const moved: { readonly node: NodeSingular; readonly position: { x: number; y: number } }[] = [];
    for (const next of placed) {
      const before = fresh ? undefined : this.#drawn.get(next.figure.id);
      if (!before) {
        added.push({ group: 'nodes', data: this.#data(next), position: centre(next) });
        continue;
      }
      const node = this.#cy.getElementById(next.figure.id) as NodeSingular;
      if (before.figure !== next.figure && !sameLook(before, next)) node.data(this.#data(next));
      if (before.x !== next.x || before.y !== next.y || before.height !== next.height)
        moved.push({ node, position: centre(next) });
    }
    const animated = moved.length <= 150 && !matchMedia('(prefers-reduced-motion: reduce)').matches;
    for (const { node, position } of moved) {
      // A way that is not yet at its end would end in the old place, if both ended in one frame.
      node.stop();
      if (animated) node.animate({ position }, { duration: 220, queue: false });
      else node.position(position);
    }
    return added;
  }

  #data(placed: PlacedFigure): Record<string, unknown> {
    const { figure, width, height } = placed;
    return {
      id: figure.id,
      uid: figure.uid,
      shape: figure.shape,
      dimmed: figure.dimmed ? 1 : 0,
      width,
      height,
      image: this.#image(placed),
    };
  }

  /** A name for what a figure looks like: equal looks share one, so that textures are shared and changes are seen. */
  #image({ figure, width, height }: PlacedFigure): string {
    const { id: _, uid: __, dimmed: ___, ...look } = figure;
    const key = JSON.stringify([look, width, height]);
    let name = this.#looks.get(key);
    if (name === undefined) {
      name = `look-${++this.#lastLook}`;
      this.#looks.set(key, name);
    }
    return name;
  }

  #paint(context: CanvasRenderingContext2D, node: NodeSingular, x: number, y: number): void {
    const placed = this.#drawn.get(node.id());
    if (!placed) return;
    const { width, height } = placed;
    this.#painter.paint(context, placed.figure, { x: x - width / 2, y: y - height / 2, width, height });
  }

  #mark(): void {
    const id =
      this.#selected === undefined ? undefined : (this.#picture.standIns.get(this.#selected) ?? this.#selected);
    this.#cy.batch(() => {
      this.#cy.$('.selected').removeClass('selected');
      if (id === undefined) return;
      this.#cy.nodes().forEach((node) => {
        if (node.id() === id || node.data('uid') === id) node.addClass('selected');
      });
    });
  }

  /** Past a number of elements edges become plain and names are left out when small. */
  #thin(elements: number): void {
    const many = elements > manyElements;
    if (many === this.#many) return;
    this.#many = many;
    this.#cy.style(styleOf(this.#palette, many));
  }

  #size(): { width: number; height: number } {
    return { width: this.#cy.width(), height: this.#cy.height() };
  }

  /** Fits when asked to, or when something lies outside of the view. */
  #fitIfNeeded(always: boolean): void {
    const { width, height } = this.#size();
    if (this.#drawn.size === 0 || width === 0 || height === 0) return;
    const all = bounds([...this.#drawn.values()]);
    const view = this.#cy.extent();
    const inside = all.x1 >= view.x1 && all.x2 <= view.x2 && all.y1 >= view.y1 && all.y2 <= view.y2;
    if (inside && !always) return;
    const room = width - 2 * padding - controls;
    const zoom = Math.min(room / (all.x2 - all.x1), (height - 2 * padding) / (all.y2 - all.y1), largest);
    // What would become too small to read starts at the top instead of being squeezed in.
    const readable = Math.max(zoom, Math.min(0.7, room / (all.x2 - all.x1)));
    const fits = readable === zoom;
    this.#cy.viewport({
      zoom: readable,
      pan: {
        x: (width + controls - (all.x1 + all.x2) * readable) / 2,
        y: fits
          ? Math.max((height - (all.y2 - all.y1) * readable) / 3, padding) - all.y1 * readable
          : padding - all.y1 * readable,
      },
    });
  }

  #elementOf({ kind, namespace, name }: FlowEvent['hops'][number]): string | undefined {
    return this.hopElement?.(kind, namespace ?? '', name);
  }

  /** Finds the element for a hop of a flow; set by whoever knows the cluster. */
  hopElement: ((kind: string, namespace: string, name: string) => string | undefined) | undefined;
}

/** How far something must move so that it lies between two bounds; its start counts more than its end. */
const shiftInto = (from: number, to: number, least: number, most: number): number =>
  from < least ? least - from : to > most ? Math.max(most - to, least - from) : 0;

const centre = ({ x, y, width, height }: PlacedFigure) => ({ x: x + width / 2, y: y + height / 2 });
const sameLook = (a: PlacedFigure, b: PlacedFigure) =>
  a.width === b.width && a.height === b.height && sameFigure(a.figure, b.figure);
/** Figures are made anew with each picture; most look as before. */
const sameFigure = (a: Figure, b: Figure) =>
  a.title === b.title &&
  a.subtitle === b.subtitle &&
  a.level === b.level &&
  a.dimmed === b.dimmed &&
  a.dashed === b.dashed &&
  a.symbol === b.symbol &&
  a.shape === b.shape &&
  a.uid === b.uid &&
  JSON.stringify([a.bars, a.folded]) === JSON.stringify([b.bars, b.folded]);

const edgeElement = ({ id, source, target, role, dashed }: Edge): ElementDefinition => ({
  group: 'edges',
  data: { id, source, target, role, dashed: dashed ? 1 : 0 },
});

function bounds(placed: readonly PlacedFigure[]) {
  return {
    x1: Math.min(...placed.map((p) => p.x)),
    y1: Math.min(...placed.map((p) => p.y)),
    x2: Math.max(...placed.map((p) => p.x + p.width)),
    y2: Math.max(...placed.map((p) => p.y + p.height)),
  };
}

/** The nearest figure on one side; sideways distance counts double, so that rows and columns are followed. */
export function nearest(
  from: PlacedFigure,
  all: readonly PlacedFigure[],
  direction: 'left' | 'right' | 'up' | 'down',
): PlacedFigure | undefined {
  const start = centre(from);
  const sideways = direction === 'up' || direction === 'down';
  const sign = direction === 'right' || direction === 'down' ? 1 : -1;
  let best: PlacedFigure | undefined;
  let bestCost = Number.POSITIVE_INFINITY;
  for (const candidate of all) {
    const at = centre(candidate);
    const ahead = sign * (sideways ? at.y - start.y : at.x - start.x);
    const aside = Math.abs(sideways ? at.x - start.x : at.y - start.y);
    if (candidate === from || ahead <= 1) continue;
    const cost = ahead + 2 * aside;
    if (cost < bestCost) [best, bestCost] = [candidate, cost];
  }
  return best;
}

function styleOf(palette: Palette, many: boolean): cytoscape.StylesheetJson {
  return [
    {
      selector: 'node',
      style: {
        shape: 'round-rectangle',
        width: 'data(width)',
        height: 'data(height)',
        'background-opacity': 0,
        'background-image': 'data(image)',
        'background-width': '100%',
        'background-height': '100%',
        'background-clip': 'none',
        'background-image-containment': 'over',
        'border-width': 0,
        'overlay-opacity': 0,
        'z-index': 3,
      } as unknown as cytoscape.Css.Node,
    },
    { selector: 'node[shape = "box"]', style: { 'z-index': 1 } },
    { selector: 'node[dimmed = 1]', style: { opacity: 0.22 } },
    {
      selector: 'node.selected',
      style: {
        'outline-width': 2.5,
        'outline-color': palette.accent,
        'outline-offset': 1,
        'corner-radius': '8px',
      } as unknown as cytoscape.Css.Node,
    },
    {
      selector: 'edge',
      style: many
        ? { 'curve-style': 'haystack', width: 1, 'line-color': palette.lineStrong, opacity: 0.7 }
        : ({
            'curve-style': 'bezier',
            'source-endpoint': '90deg',
            'target-endpoint': '270deg',
            'control-point-step-size': 60,
            'target-arrow-shape': 'triangle',
            'arrow-scale': 0.7,
            width: 1.3,
            'line-color': palette.lineStrong,
            'target-arrow-color': palette.lineStrong,
            'z-index': 2,
          } as unknown as cytoscape.Css.Edge),
    },
    { selector: 'edge[dashed = 1]', style: { 'line-style': 'dashed', opacity: 0.6 } },
  ];
}
