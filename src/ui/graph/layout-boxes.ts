import { type BoxesPlan, type PlacedFigure, sizes } from './picture.ts';
import { Slots } from './slots.ts';

const minRows = 2;

/** What the grid of boxes remembers between two pictures. */
export class BoxesLayout {
  readonly #boxSlots = new Slots();
  readonly #itemSlots = new Map<string, Slots>();
  readonly #rows = new Map<string, number>();
  #columns = 0;
  #header: number = sizes.boxHeader;

  /** Width over height of the view; decides how many boxes stand side by side when the grid is made. */
  place(plan: BoxesPlan, aspect: number): PlacedFigure[] {
    const ids = plan.boxes.map((box) => box.figure.id);
    // Nobody has looked at an empty grid long enough to miss its order: until something stands in it, boxes are sorted.
    if (plan.boxes.every((box) => box.items.length === 0)) this.#boxSlots.reset(ids);
    else this.#boxSlots.update(ids);
    this.#chooseColumns(this.#boxSlots.length, aspect);
    for (const id of this.#itemSlots.keys()) if (!ids.includes(id)) this.#itemSlots.delete(id);
    this.#header = plan.boxes.some(({ figure }) => figure.bars !== undefined) ? sizes.boxHeader : sizes.plainBoxHeader;
    for (const box of plan.boxes)
      this.#pack(
        box.figure.id,
        box.items.map((item) => item.id),
      );
    const tops = this.#rowTops(ids);
    return plan.boxes.flatMap((box) => this.#placeBox(box, tops));
  }

  /** The grid is made anew only when it would be off by two columns or more. */
  #chooseColumns(boxes: number, aspect: number): void {
    const wanted = Math.sqrt(boxes * aspect * 0.75);
    // In a tall view one column more would make all of them too small to read.
    const ideal = Math.max(1, Math.min(boxes, aspect < 0.9 ? Math.floor(wanted) : Math.round(wanted)));
    if (this.#columns === 0 || Math.abs(ideal - this.#columns) >= 2 || (this.#columns === 1 && ideal > 1))
      this.#columns = ideal;
  }

  #pack(box: string, items: readonly string[]): void {
    let slots = this.#itemSlots.get(box);
    if (!slots) {
      slots = new Slots();
      this.#itemSlots.set(box, slots);
    }
    slots.update(items);
    const needed = Math.max(minRows, Math.ceil(slots.length / sizes.boxColumns));
    const before = this.#rows.get(box) ?? minRows;
    // A box grows at once and shrinks only when it is far too large, so that a rollout does not make it breathe.
    this.#rows.set(box, needed > before || needed * 2 < before ? needed : before);
  }

  #rowTops(ids: readonly string[]): number[] {
    const heights: number[] = [];
    for (const id of ids) {
      const row = Math.floor(this.#boxSlots.of(id) / this.#columns);
      heights[row] = Math.max(heights[row] ?? 0, this.#height(id));
    }
    const tops: number[] = [];
    let top = 0;
    for (let row = 0; row < heights.length; row++) {
      tops.push(top);
      top += (heights[row] ?? 0) + sizes.boxGap;
    }
    return tops;
  }

  #height(box: string): number {
    return (
      this.#header +
      (this.#rows.get(box) ?? minRows) * (sizes.chipHeight + sizes.chipGap) +
      sizes.boxPadding -
      sizes.chipGap
    );
  }

  #placeBox({ figure, items }: BoxesPlan['boxes'][number], tops: readonly number[]): PlacedFigure[] {
    const slot = this.#boxSlots.of(figure.id);
    const x = (slot % this.#columns) * (boxWidth + sizes.boxGap);
    const y = tops[Math.floor(slot / this.#columns)] ?? 0;
    const slots = this.#itemSlots.get(figure.id);
    const placed: PlacedFigure[] = [{ figure, x, y, width: boxWidth, height: this.#height(figure.id) }];
    for (const item of items) {
      const at = slots?.of(item.id) ?? 0;
      placed.push({
        figure: item,
        x: x + sizes.boxPadding + (at % sizes.boxColumns) * (sizes.chipWidth + sizes.chipGap),
        y: y + this.#header + Math.floor(at / sizes.boxColumns) * (sizes.chipHeight + sizes.chipGap),
        width: sizes.chipWidth,
        height: sizes.chipHeight,
      });
    }
    return placed;
  }
}

/** The width of every box. */
export const boxWidth =
  sizes.boxPadding * 2 + sizes.boxColumns * sizes.chipWidth + (sizes.boxColumns - 1) * sizes.chipGap;
