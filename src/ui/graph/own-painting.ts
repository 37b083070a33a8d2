/**
 * Lets Cytoscape's canvas renderer paint our figures itself instead of images: an image of its own for each look would cost the page
 * milliseconds, a few strokes cost microseconds and are sharp at every zoom. The renderer's methods named here are those of the pinned
 * version.
 */
import type { Core, NodeSingular } from 'cytoscape';

interface BoundingBox {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
}

interface CanvasRenderer {
  getCachedImage(url: string): { readonly complete: boolean };
  drawInscribedImage(
    context: CanvasRenderingContext2D,
    image: unknown,
    node: NodeSingular,
    index: number,
    opacity: number,
  ): void;
  drawElement(context: CanvasRenderingContext2D, element: unknown): void;
  drawLayeredElements(
    context: CanvasRenderingContext2D,
    elements: ArrayLike<Boxed>,
    pixelRatio: number,
    extent: BoundingBox,
  ): void;
}

interface Boxed {
  boundingBox(): BoundingBox;
}

interface Scratch {
  readonly _private: { readonly rscratch: { readonly pathCache?: unknown } };
}

/** `paint` gets the node and where its centre is on the context; `direct` says whether to go without cached textures. */
export function usePainting(
  cy: Core,
  paint: (context: CanvasRenderingContext2D, node: NodeSingular, x: number, y: number) => void,
  direct: () => boolean,
): void {
  const renderer = (cy as unknown as { renderer(): CanvasRenderer }).renderer();
  const drawLayered = renderer.drawLayeredElements.bind(renderer);
  const ready = { complete: true, width: 1, height: 1 };
  renderer.getCachedImage = () => ready;
  renderer.drawInscribedImage = (context, _image, node, _index, opacity) => {
    const { x, y } = node.position();
    const centred = (node as unknown as Scratch)._private.rscratch.pathCache !== undefined;
    const alpha = context.globalAlpha;
    context.globalAlpha = opacity;
    paint(context, node, centred ? 0 : x, centred ? 0 : y);
    context.globalAlpha = alpha;
  };
  renderer.drawLayeredElements = (context, elements, pixelRatio, extent) => {
    if (!direct()) return drawLayered(context, elements, pixelRatio, extent);
    for (const element of Array.from(elements)) {
      if (overlap(element.boundingBox(), extent)) renderer.drawElement(context, element);
    }
  };
}

const overlap = (a: BoundingBox, b: BoundingBox) => a.x1 <= b.x2 && b.x1 <= a.x2 && a.y1 <= b.y2 && b.y1 <= a.y2;
