import { useEffect, useRef, useState } from 'react';
import type { KubernetesObject } from '../../apimachinery/object-meta.ts';
import { writeYaml } from '../../apimachinery/yaml-writer.ts';
import { argumentOf } from '../controls/object-actions.ts';
import { commandLine } from '../controls/command-line.ts';
import { runKubectl } from '../controls/run-kubectl.ts';
import type { ObjectView } from '../stores/object-view.ts';
import { useSession, useSettings } from '../stores/session-context.ts';
import { Button } from '../widgets/buttons.tsx';
import styles from './inspector.module.css';
import type { TextEditor } from '../editor/text-editor.ts';

/** The object as YAML, without what only machines read. */
export function yamlOf({ object, look }: ObjectView): string {
  const { managedFields: _, ...metadata } = object.metadata;
  const { ref } = look;
  const apiVersion = ref.group === '' ? ref.version : `${ref.group}/${ref.version}`;
  const whole: KubernetesObject = { apiVersion, kind: ref.kind, ...object, metadata };
  return writeYaml(whole);
}

/** The object's YAML: live until it is edited, then the edit, which is applied with `kubectl replace`. */
export function YamlTab({ object }: { readonly object: ObjectView }) {
  const session = useSession();
  const element = useRef<HTMLDivElement>(null);
  const [editor, setEditor] = useState<TextEditor>();
  const [edited, setEdited] = useState(false);
  const [problem, setProblem] = useState('');
  const theme = useSettings((settings) => settings.theme);
  const latest = useRef(object);
  latest.current = object;
  useEffect(() => {
    let gone = false;
    let made: TextEditor | undefined;
    void import('../editor/text-editor.ts').then(({ TextEditor: View }) => {
      if (gone || !element.current) return;
      made = new View(element.current, `inspector/${latest.current.uid}.yaml`, yamlOf(latest.current), () =>
        setEdited(true),
      );
      setEditor(made);
    });
    return () => {
      gone = true;
      made?.dispose();
    };
  }, []);
  useEffect(() => {
    if (!edited) editor?.replace(yamlOf(object));
  }, [editor, object, edited]);
  useEffect(() => {
    const handle = requestAnimationFrame(() => editor?.theme());
    return () => cancelAnimationFrame(handle);
  }, [editor, theme]);
  const discard = () => {
    setEdited(false);
    setProblem('');
  };
  const apply = async () => {
    const result = await runKubectl(session, ['replace', '-f', '-'], { stdin: editor?.text() ?? '', quiet: true });
    if (result.code === 0) discard();
    else setProblem(result.stderr.trim());
  };
  const space = object.namespace === '' ? [] : ['-n', object.namespace];
  return (
    <div className={styles.column}>
      <div className={styles.yamlBar}>
        {edited ? (
          <>
            <Button tone="primary" onClick={() => void apply()}>
              Apply
            </Button>
            <Button onClick={discard}>Discard</Button>
            <span>Edited; the live object is not shown.</span>
          </>
        ) : (
          <code>$ {commandLine(['kubectl', 'edit', argumentOf(object), ...space])}</code>
        )}
      </div>
      <div ref={element} className={styles.yamlEditor} />
      {problem === '' ? null : (
        <pre className={styles.yamlProblem} role="alert">
          {problem}
        </pre>
      )}
    </div>
  );
}
