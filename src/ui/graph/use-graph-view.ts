import { type RefObject, useEffect, useRef, useState } from 'react';
import { findView } from '../stores/cluster-store.ts';
import type { Session } from '../stores/session.ts';
import { select } from '../stores/view-store.ts';
import type { GraphView } from './graph-view.ts';
import { outsideId } from './lenses/network.ts';
import { readPalette } from './palette.ts';

const kindOfHop: Readonly<Record<string, string>> = { pod: 'Pod', service: 'Service', node: 'Node' };

/** Loads the drawing library and makes a view in the container; undefined until it is there. */
export function useGraphView(
  session: Session,
  container: RefObject<HTMLDivElement | null>,
  overlay: RefObject<HTMLCanvasElement | null>,
): GraphView | undefined {
  const [view, setView] = useState<GraphView>();
  const made = useRef<GraphView>(undefined);
  useEffect(() => {
    let gone = false;
    void import('./graph-view.ts').then(({ GraphView: View }) => {
      if (gone || !container.current || !overlay.current) return;
      const graph = new View(container.current, overlay.current, readPalette(), {
        select: (uid) => select(session.view, uid),
        open: (uid) => toggleExpanded(session, uid),
      });
      graph.hopElement = (kind, namespace, name) =>
        kind === 'external'
          ? outsideId
          : findView(session.cluster.getState(), kindOfHop[kind] ?? '', namespace, name)?.uid;
      made.current = graph;
      setView(graph);
    });
    return () => {
      gone = true;
      made.current?.destroy();
      made.current = undefined;
    };
  }, [session, container, overlay]);
  return view;
}

function toggleExpanded(session: Session, uid: string): void {
  const expanded = new Set(session.view.getState().expanded);
  if (!expanded.delete(uid)) expanded.add(uid);
  session.view.setState({ expanded });
}
