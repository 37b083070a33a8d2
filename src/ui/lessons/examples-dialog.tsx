import { type Example, examples } from '../../lessons/examples/catalog.ts';
import { applyFiles } from '../editor/apply-file.ts';
import { useSession, useView } from '../stores/session-context.ts';
import { Button } from '../widgets/buttons.tsx';
import { Modal } from '../widgets/dialog.tsx';
import styles from './lessons.module.css';
import { openExample } from './open-example.ts';

const groups = ['Start', 'Applications', 'Workings', 'To mend'] as const;

/** The examples, each with what it is for. */
export function ExamplesDialog() {
  const { view } = useSession();
  const open = useView((state) => state.examplesOpen);
  return (
    <Modal
      open={open}
      title="Examples"
      className={styles.dialog}
      onClose={() => view.setState({ examplesOpen: false })}
    >
      {groups.map((group) => (
        <section key={group} className={styles.group} aria-label={group}>
          <h3>{group}</h3>
          <ul>
            {examples
              .filter((example) => example.group === group)
              .map((example) => (
                <ExampleCard key={example.id} example={example} />
              ))}
          </ul>
        </section>
      ))}
    </Modal>
  );
}

function ExampleCard({ example }: { readonly example: Example }) {
  const session = useSession();
  const apply = async () => {
    const file = await openExample(session, example);
    await applyFiles(session, [file]);
  };
  return (
    <li className={styles.card}>
      <h4>{example.title}</h4>
      <p>{example.about}</p>
      <p className={styles.next}>{example.next}</p>
      <div className={styles.actions}>
        <Button onClick={() => void openExample(session, example)} aria-label={`Open ${example.title}`}>
          Open
        </Button>
        <Button tone="primary" onClick={() => void apply()} aria-label={`Open and apply ${example.title}`}>
          Open and apply
        </Button>
      </div>
    </li>
  );
}
