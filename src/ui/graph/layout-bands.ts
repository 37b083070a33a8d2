import { type BandsPlan, type Figure, type PlacedFigure, sizes } from './picture.ts';
import { Slots } from './slots.ts';

interface Band {
  y: number;
  height: number;
  readonly columns: Slots[];
}

/** Up to this many chips stand in one column, so that each edge is seen; more are packed three abreast. */
const oneColumn = 10;
const chipColumns = (slots: number) => (slots <= oneColumn ? 1 : 3);

const isGrid = (column: readonly Figure[]) => column.length > 0 && column.every((figure) => figure.shape === 'chip');

/** What the stack of bands remembers between two pictures. */
export class BandsLayout {
  readonly #bands = new Map<string, Band>();
  /** Columns that something ever stood in: one that was opened stays open. */
  readonly #open = new Set<number>();

  place(plan: BandsPlan): PlacedFigure[] {
    const ids = new Set(plan.bands.map((band) => band.id));
    for (const id of this.#bands.keys()) if (!ids.has(id)) this.#bands.delete(id);
    for (const band of plan.bands) this.#fit(band);
    this.#pushDown();
    const lefts = this.#columnLefts(plan);
    return plan.bands.flatMap((band) => this.#placeBand(band, lefts));
  }

  #fit({ id, columns }: BandsPlan['bands'][number]): void {
    const slots = columns.map((_, index) => this.#bands.get(id)?.columns[index] ?? new Slots());
    const heights = columns.map((column, index) => {
      const own = slots[index] as Slots;
      own.update(column.map((figure) => figure.id));
      return columnHeight(column, own.length);
    });
    const height = Math.max(...heights, sizes.cardHeight);
    const known = this.#bands.get(id);
    if (!known) this.#bands.set(id, { y: this.#gap(height), height, columns: slots });
    else
      this.#bands.set(id, {
        y: known.y,
        height: height > known.height || height * 2 < known.height ? height : known.height,
        columns: slots,
      });
  }

  /** The first gap between bands that is high enough; else below the last. */
  #gap(height: number): number {
    let top = 0;
    for (const band of [...this.#bands.values()].sort((a, b) => a.y - b.y)) {
      if (band.y - top >= height + sizes.bandGap) return top;
      top = Math.max(top, band.y + band.height + sizes.bandGap);
    }
    return top;
  }

  /** A band that grew moves those below it, and only as far as it must. */
  #pushDown(): void {
    let bottom = 0;
    for (const band of [...this.#bands.values()].sort((a, b) => a.y - b.y)) {
      if (band.y < bottom) band.y = bottom;
      bottom = band.y + band.height + sizes.bandGap;
    }
  }

  /** Columns stand in the same place in every band. */
  #columnLefts(plan: BandsPlan): number[] {
    for (const { columns } of plan.bands)
      for (const [index, column] of columns.entries()) if (column.length > 0) this.#open.add(index);
    const count = Math.max(0, ...plan.bands.map((band) => band.columns.length));
    const lefts: number[] = [];
    let left = 0;
    for (let index = 0; index < count; index++) {
      lefts.push(left);
      if (this.#open.has(index)) left += sizes.cardWidth + sizes.columnGap;
    }
    return lefts;
  }

  #placeBand({ id, columns }: BandsPlan['bands'][number], lefts: readonly number[]): PlacedFigure[] {
    const band = this.#bands.get(id);
    if (!band) return [];
    return columns.flatMap((column, index) => {
      const slots = band.columns[index] as Slots;
      const top = band.y + (band.height - columnHeight(column, slots.length)) / 2;
      return column.map((figure) => ({
        figure,
        ...placeInColumn(
          figure,
          slots.of(figure.id),
          isGrid(column) ? chipColumns(slots.length) : 1,
          lefts[index] ?? 0,
          top,
        ),
      }));
    });
  }
}

function columnHeight(column: readonly Figure[], slots: number): number {
  if (column.length === 0) return 0;
  const rows = isGrid(column) ? Math.ceil(slots / chipColumns(slots)) : slots;
  const height = isGrid(column) ? sizes.chipHeight : sizes.cardHeight;
  return rows * (height + sizes.chipGap) - sizes.chipGap;
}

function placeInColumn(figure: Figure, slot: number, abreast: number, left: number, top: number) {
  const isChip = figure.shape === 'chip';
  const width = isChip ? sizes.chipWidth : sizes.cardWidth;
  const height = isChip ? sizes.chipHeight : sizes.cardHeight;
  const across = slot % abreast;
  const down = Math.floor(slot / abreast);
  return { x: left + across * (width + sizes.chipGap), y: top + down * (height + sizes.chipGap), width, height };
}
