import type { StatusLevel } from '../kinds/kind-look.ts';

/** A thing that a lens draws, before it has a place. */
export interface Figure {
  /** The object's uid, or a name of the lens's own (`tray`, `group:<owner>@<node>`). */
  readonly id: string;
  /** The object that a click selects. */
  readonly uid?: string;
  /** `box` holds others, `card` stands alone in a column, `chip` is packed in rows. */
  readonly shape: 'box' | 'card' | 'chip';
  readonly title: string;
  readonly subtitle: string;
  readonly level: StatusLevel;
  /** Path data of the kind's symbol. */
  readonly symbol: string;
  /** Capacity, 0 to 1 and above when overcommitted. */
  readonly bars?: readonly { readonly label: string; readonly share: number; readonly text: string }[];
  /** Several pods drawn as one: how many at which level. */
  readonly folded?: readonly { readonly level: StatusLevel; readonly count: number }[];
  /** Does not pass the filter, or is out of use. */
  readonly dimmed?: boolean;
  readonly dashed?: boolean;
}

export interface Edge {
  readonly id: string;
  readonly source: string;
  readonly target: string;
  readonly role: 'owns' | 'routes' | 'uses';
  /** Not ready: nothing is sent there now. */
  readonly dashed?: boolean;
}

/** Boxes that stand in a grid, each with figures packed in rows. */
export interface BoxesPlan {
  readonly kind: 'boxes';
  readonly boxes: readonly { readonly figure: Figure; readonly items: readonly Figure[] }[];
  readonly edges: readonly Edge[];
  /** Folded object's uid → the figure that stands for it. */
  readonly standIns: ReadonlyMap<string, string>;
}

/** Bands from top to bottom, each with columns from left to right. */
export interface BandsPlan {
  readonly kind: 'bands';
  readonly bands: readonly { readonly id: string; readonly columns: readonly (readonly Figure[])[] }[];
  readonly edges: readonly Edge[];
  readonly standIns: ReadonlyMap<string, string>;
}

export type Plan = BoxesPlan | BandsPlan;

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A figure in its place; x and y are the upper left corner. */
export interface PlacedFigure extends Rect {
  readonly figure: Figure;
}

export interface Picture {
  readonly figures: readonly PlacedFigure[];
  readonly edges: readonly Edge[];
  readonly standIns: ReadonlyMap<string, string>;
}

export const sizes = {
  chipWidth: 164,
  chipHeight: 38,
  chipGap: 6,
  cardWidth: 188,
  cardHeight: 50,
  boxPadding: 12,
  boxHeader: 76,
  plainBoxHeader: 52,
  boxColumns: 2,
  boxGap: 24,
  bandGap: 20,
  columnGap: 64,
} as const;
