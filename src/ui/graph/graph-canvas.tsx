import { Maximize, Minus, Plus, Sparkles } from 'lucide-react';
import { type KeyboardEvent, memo, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useCluster, useSession, useSettings, useView } from '../stores/session-context.ts';
import { select } from '../stores/view-store.ts';
import { IconButton } from '../widgets/buttons.tsx';
import { Empty } from '../widgets/empty.tsx';
import styles from './graph.module.css';
import type { GraphView } from './graph-view.ts';
import { readPalette } from './palette.ts';
import type { Picture } from './picture.ts';
import { useGraphView } from './use-graph-view.ts';
import { usePicture } from './use-picture.ts';

const arrows: Readonly<Record<string, 'left' | 'right' | 'up' | 'down'>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
};

/** The picture of the cluster: drawn on a canvas, walked with the arrow keys, described in words. */
export function GraphCanvas() {
  const session = useSession();
  const container = useRef<HTMLDivElement>(null);
  const overlay = useRef<HTMLCanvasElement>(null);
  const [aspect, setAspect] = useState<number>();
  const [tidied, setTidied] = useState(0);
  const tidy = useCallback(() => setTidied((n) => n + 1), []);
  const view = useGraphView(session, container, overlay);
  const { picture, key } = usePicture(aspect, tidied);
  const drawnKey = useRef('');
  const selected = useView((state) => state.selected);
  const selectedView = useCluster((state) => (selected === undefined ? undefined : state.byUid.get(selected)));
  const theme = useSettings((settings) => settings.theme);
  const showFlows = useSettings((settings) => settings.showFlows);
  const synced = useCluster((state) => state.synced);

  useEffect(() => {
    const element = container.current;
    if (!element) return;
    const observer = new ResizeObserver(([entry]) => {
      const { width = 0, height = 0 } = entry?.contentRect ?? {};
      // Small changes of size must not make a new grid; turning a phone may.
      if (width > 0 && height > 0)
        setAspect((before) =>
          before !== undefined && before < 0.9 === width / height < 0.9 ? before : width / height,
        );
      view?.resize();
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [view]);
  useEffect(() => {
    if (!view || !synced || aspect === undefined) return;
    view.draw(picture, drawnKey.current !== key);
    drawnKey.current = key;
  }, [view, picture, key, synced, aspect]);
  useEffect(() => {
    view?.select(selected);
    if (selected !== undefined) view?.reveal(selected);
  }, [view, selected, key]);
  useEffect(() => {
    const system = matchMedia('(prefers-color-scheme: light)');
    const repaint = () => requestAnimationFrame(() => view?.theme(readPalette()));
    repaint();
    system.addEventListener('change', repaint);
    return () => system.removeEventListener('change', repaint);
  }, [view, theme]);
  useEffect(() => {
    if (!view || !showFlows) return;
    return session.onFlows((flows) => view.flows(flows));
  }, [view, session, showFlows]);

  const onKeyDown = (event: KeyboardEvent) => {
    const direction = arrows[event.key];
    if (direction && view) {
      event.preventDefault();
      const next = view.neighbour(direction);
      if (next !== undefined) select(session.view, next);
    } else if (event.key === 'Escape') select(session.view, undefined);
    else if (event.key === '+' || event.key === '=') view?.zoom(1.25);
    else if (event.key === '-') view?.zoom(0.8);
    else if (event.key === '0') view?.fit();
  };
  const words = useMemo(() => describe(picture), [picture]);
  return (
    <div className={styles.canvas}>
      {/* A picture that is walked with the arrow keys: the role that fits is an application with a description. */}
      {/* oxlint-disable jsx-a11y/no-noninteractive-tabindex, jsx-a11y/no-noninteractive-element-interactions -- an application takes keys */}
      <div
        role="application"
        aria-label={`Graph: ${words}. Arrow keys move the selection.`}
        tabIndex={0}
        onKeyDown={onKeyDown}
        className={styles.stage}
      >
        <div ref={container} className={styles.stage} aria-hidden="true" />
        <canvas ref={overlay} className={styles.flows} aria-hidden="true" />
      </div>
      {/* oxlint-enable jsx-a11y/no-noninteractive-tabindex, jsx-a11y/no-noninteractive-element-interactions */}
      <div role="status" className="visually-hidden">
        {selectedView ? `${selectedView.kind} ${selectedView.name}, ${selectedView.status.text}` : ''}
      </div>
      {synced && aspect !== undefined && picture.figures.length === 0 ? (
        <div className={styles.notice}>
          <Empty title="Nothing to show here yet">
            <p>This lens shows what is in the chosen namespaces. Apply a file from the editor, or pick an example.</p>
          </Empty>
        </div>
      ) : null}
      <Zoom view={view} tidy={tidy} />
    </div>
  );
}

/** What moves the view: drawn once, not with each picture. */
const Zoom = memo(function Zoom({ view, tidy }: { readonly view: GraphView | undefined; tidy(): void }) {
  return (
    <div className={styles.zoom}>
      <IconButton icon={Plus} label="Zoom in" hint="+" onClick={() => view?.zoom(1.25)} />
      <IconButton icon={Minus} label="Zoom out" hint="-" onClick={() => view?.zoom(0.8)} />
      <IconButton icon={Maximize} label="Fit to view" hint="0" onClick={() => view?.fit()} />
      <IconButton icon={Sparkles} label="Tidy up" onClick={tidy} />
    </div>
  );
});

/** The picture in a sentence. */
export function describe({ figures, edges }: Picture): string {
  const counts = { box: 0, card: 0, chip: 0 };
  let failing = 0;
  for (const { figure } of figures) {
    counts[figure.shape]++;
    if (figure.level === 'error' || figure.level === 'warning') failing++;
  }
  const parts = [
    counts.box > 0 ? `${counts.box} boxes` : '',
    counts.card > 0 ? `${counts.card} objects` : '',
    `${counts.chip} pods or groups`,
    edges.length > 0 ? `${edges.length} connections` : '',
    failing > 0 ? `${failing} need attention` : '',
  ];
  return parts.filter((part) => part !== '').join(', ');
}
