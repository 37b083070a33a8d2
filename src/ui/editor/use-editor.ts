import { type RefObject, useEffect, useRef, useState } from 'react';
import type * as apiextensionsv1 from '../../api/apiextensions/v1.ts';
import { customResourceDefinitions } from '../../api/resources.ts';
import { writeFile } from '../stores/file-store.ts';
import type { Session } from '../stores/session.ts';
import { useFiles, useSession, useSettings } from '../stores/session-context.ts';
import type { EditorView } from './editor-view.ts';
import type { CustomKind, JsonSchema } from './kubernetes-schema.ts';

/** Loads Monaco into the element and keeps it and the file store equal. */
export function useEditor(element: RefObject<HTMLDivElement | null>, onApply: (view: EditorView | undefined) => void) {
  const session = useSession();
  const [view, setView] = useState<EditorView>();
  const [problems, setProblems] = useState<ReadonlyMap<string, number>>(new Map());
  const apply = useRef(onApply);
  apply.current = onApply;
  const theme = useSettings((settings) => settings.theme);
  const active = useFiles((state) => state.active);
  const text = useFiles((state) => (state.active === undefined ? '' : (state.files.get(state.active) ?? '')));
  const files = useFiles((state) => state.files);
  useEffect(() => {
    let gone = false;
    let made: EditorView | undefined;
    let unsubscribe: (() => void) | undefined;
    void import('./editor-view.ts').then(({ EditorView: View, sharedMonaco }) => {
      if (gone || !element.current) return;
      made = new View(element.current, {
        change: (path, next) => writeFile(session.files, path, next),
        apply: () => apply.current(made),
        problems: (path, count) =>
          setProblems((before) => (before.get(path) === count ? before : new Map(before).set(path, count))),
      });
      setView(made);
      const refresh = async () => {
        const language = await sharedMonaco().language;
        const custom = await customKinds(session);
        if (custom.length > 0) await language.setCustomKinds(custom);
      };
      void refresh();
      unsubscribe = session.cluster.subscribe((state, before) => {
        if (state.byResource.size !== before.byResource.size) void refresh();
      });
    });
    return () => {
      gone = true;
      unsubscribe?.();
      made?.dispose();
      setView(undefined);
    };
  }, [element, session]);
  useEffect(() => view?.show(active, text), [view, active, text]);
  useEffect(() => view?.forget(new Set(files.keys())), [view, files]);
  useEffect(() => {
    const handle = requestAnimationFrame(() => view?.theme());
    return () => cancelAnimationFrame(handle);
  }, [view, theme]);
  return { view, problems };
}

/** The schemas of custom resources that are established now. */
async function customKinds(session: Session): Promise<CustomKind[]> {
  const list = await session.driver
    .run(session.client.resource(customResourceDefinitions).list())
    .catch(() => undefined);
  return (list?.items ?? []).flatMap(schemasOf);
}

function schemasOf(crd: apiextensionsv1.CustomResourceDefinition): CustomKind[] {
  const { group, names, versions } = crd.spec;
  return versions.flatMap((version) => {
    const schema = version.schema?.openAPIV3Schema;
    return schema
      ? [{ apiVersion: `${group}/${version.name}`, kind: names.kind, schema: schema as unknown as JsonSchema }]
      : [];
  });
}
