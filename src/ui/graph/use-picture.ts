import { useMemo, useRef } from 'react';
import type { LensName } from '../stores/settings-store.ts';
import { useCluster, useSettings, useView } from '../stores/session-context.ts';
import { BandsLayout } from './layout-bands.ts';
import { BoxesLayout } from './layout-boxes.ts';
import { lenses } from './lenses/registry.ts';
import type { Picture } from './picture.ts';

interface Kept {
  readonly boxes: BoxesLayout;
  readonly bands: BandsLayout;
}

const freshLayouts = (): Kept => ({ boxes: new BoxesLayout(), bands: new BandsLayout() });

const nothing: Picture = { figures: [], edges: [], standIns: new Map() };

/**
 * The picture of the chosen lens. Each lens keeps its places until `tidied` changes. `aspect` is the view's width over its height;
 * nothing is drawn before it is known.
 */
export function usePicture(
  aspect: number | undefined,
  tidied: number,
): { readonly picture: Picture; readonly key: string } {
  const state = useCluster((cluster) => cluster);
  const name = useSettings((settings) => settings.lens);
  const namespace = useSettings((settings) => settings.namespace);
  const showSystem = useSettings((settings) => settings.showSystem);
  const filter = useView((view) => view.filter);
  const expanded = useView((view) => view.expanded);
  const kept = useRef(new Map<string, Kept>());
  const key = `${name}/${namespace}/${showSystem}/${aspect !== undefined && aspect < 0.9 ? 'tall' : 'wide'}/${tidied}`;
  const picture = useMemo((): Picture => {
    if (aspect === undefined) return nothing;
    const plan = lensOf(name)(state, { namespace, showSystem, filter, expanded });
    let layouts = kept.current.get(key);
    if (!layouts) {
      layouts = freshLayouts();
      kept.current = new Map([...kept.current].filter(([other]) => other.endsWith(`/${tidied}`))).set(key, layouts);
    }
    const figures = plan.kind === 'boxes' ? layouts.boxes.place(plan, aspect) : layouts.bands.place(plan);
    return { figures, edges: plan.edges, standIns: plan.standIns };
  }, [state, name, namespace, showSystem, filter, expanded, key, tidied, aspect]);
  return { picture, key };
}

function lensOf(name: LensName) {
  const found = lenses.find((entry) => entry.name === name) ?? lenses[0];
  if (!found) throw new Error('there are no lenses');
  return found.lens;
}
