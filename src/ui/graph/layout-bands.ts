import { type BandsPlan, type Figure, type PlacedFigure, sizes } from './picture.ts';
import { Slots } from './slots.ts';

interface Band {
  y: number;
  height: number;
  readonly columns: Slots[];
}

const chipColumns = 3;

const isGrid = (column: readonly Figure[]) => column.length > 0 && column.every((figure) => figure.shape === 'chip');

/** What the stack of bands remembers between two pictures. */
export class BandsLayout {
  readonly #bands = new Map<string, Band>();

  place(plan: BandsPlan): PlacedFigure[] {
    const ids = new Set(plan.bands.map((band) => band.id));
    for (const id of this.#bands.keys()) if (!ids.has(id)) this.#bands.delete(id);
    for (const band of plan.bands) this.#fit(band);
    this.#pushDown();
    const lefts = columnLefts(plan);
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

  #placeBand({ id, columns }: BandsPlan['bands'][number], lefts: readonly number[]): PlacedFigure[] {
    const band = this.#bands.get(id);
    if (!band) return [];
    return columns.flatMap((column, index) => {
      const slots = band.columns[index] as Slots;
      const top = band.y + (band.height - columnHeight(column, slots.length)) / 2;
      return column.map((figure) => ({
        figure,
        ...placeInColumn(figure, slots.of(figure.id), isGrid(column), lefts[index] ?? 0, top),
      }));
    });
  }
}

function columnHeight(column: readonly Figure[], slots: number): number {
  if (column.length === 0) return 0;
  const rows = isGrid(column) ? Math.ceil(slots / chipColumns) : slots;
  const height = isGrid(column) ? sizes.chipHeight : sizes.cardHeight;
  return rows * (height + sizes.chipGap) - sizes.chipGap;
}

function placeInColumn(figure: Figure, slot: number, grid: boolean, left: number, top: number) {
  const isChip = figure.shape === 'chip';
  const width = isChip ? sizes.chipWidth : sizes.cardWidth;
  const height = isChip ? sizes.chipHeight : sizes.cardHeight;
  const across = grid ? slot % chipColumns : 0;
  const down = grid ? Math.floor(slot / chipColumns) : slot;
  const step = grid ? sizes.chipHeight : sizes.cardHeight;
  return { x: left + across * (width + sizes.chipGap), y: top + down * (step + sizes.chipGap), width, height };
}

/** Columns stand in the same place in every band. */
function columnLefts(plan: BandsPlan): number[] {
  const count = Math.max(0, ...plan.bands.map((band) => band.columns.length));
  const lefts: number[] = [];
  let left = 0;
  for (let index = 0; index < count; index++) {
    lefts.push(left);
    const used = plan.bands.some((band) => (band.columns[index] ?? []).length > 0);
    if (used) left += sizes.cardWidth + sizes.columnGap;
  }
  return lefts;
}
