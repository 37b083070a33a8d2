import { useEffect, useState } from 'react';
import type {
  AttemptExplanation,
  FilterVerdict,
  NodeExplanation,
  SchedulingExplanation,
} from '../../protocol/scheduling.ts';
import type { ObjectView } from '../stores/object-view.ts';
import { useSession } from '../stores/session-context.ts';
import { clockText } from '../timeline/age.ts';
import styles from './inspector.module.css';

const marks: Readonly<Record<FilterVerdict, string>> = { passed: '✓', refused: '✕', skipped: '–', 'not reached': '·' };
const outcomes = { scheduled: 'Scheduled', unschedulable: 'Fits nowhere', error: 'Failed' } as const;

/** What the scheduler found in its last attempts: each filter of each node, each score, and whom preemption drives out. */
export function SchedulingTables({ object }: { readonly object: ObjectView }) {
  const explanation = useExplanation(object);
  const [chosen, setChosen] = useState(0);
  if (!explanation) return null;
  const { attempts, pending } = explanation;
  const attempt = attempts[chosen] ?? attempts[0];
  return (
    <section aria-label="Scheduling">
      <h3 className={styles.heading}>{object.facets.nodeName === undefined ? 'Why no node' : 'Why this node'}</h3>
      {pending ? (
        <p className={styles.faint}>
          Waits in the {pending.queue} queue after{' '}
          {pending.attempts === 1 ? 'one attempt' : `${pending.attempts} attempts`}
          {pending.plugins.length > 0 ? `; last refused by ${pending.plugins.join(', ')}` : ''}.
        </p>
      ) : null}
      {attempt ? null : <p className={styles.faint}>The scheduler keeps no attempt of this pod.</p>}
      {attempts.length > 1 ? (
        <label className={styles.attempts}>
          Attempt
          <select value={chosen} onChange={(event) => setChosen(Number(event.target.value))}>
            {attempts.map((one, at) => (
              <option key={`${one.attempt}/${one.atMs}`} value={at}>
                {one.attempt}: {outcomes[one.outcome]}, {clockText(one.atMs)}
              </option>
            ))}
          </select>
        </label>
      ) : null}
      {attempt ? <Attempt attempt={attempt} /> : null}
    </section>
  );
}

function useExplanation(object: ObjectView): SchedulingExplanation | undefined {
  const session = useSession();
  const [found, setFound] = useState<SchedulingExplanation>();
  const version = object.object.metadata.resourceVersion;
  useEffect(() => {
    let gone = false;
    session.control
      .send<SchedulingExplanation>({ op: 'explainScheduling', namespace: object.namespace, name: object.name })
      .then(
        (explanation) => (gone ? undefined : setFound(explanation)),
        (error: Error) => (gone ? undefined : session.problem('scheduling', error)),
      );
    return () => {
      gone = true;
    };
  }, [session, object.namespace, object.name, version]);
  return found;
}

function Attempt({ attempt }: { readonly attempt: AttemptExplanation }) {
  const { message, preFilter, nodes, notExamined } = attempt;
  return (
    <>
      {message === '' ? null : <p>{message}</p>}
      {preFilter ? (
        <p>
          {preFilter.plugin} refused it before any node was looked at: {preFilter.reasons.join(', ')}
        </p>
      ) : null}
      {nodes.length > 0 ? <Filters attempt={attempt} /> : null}
      {notExamined > 0 && !preFilter ? (
        <p className={styles.faint}>{notExamined} nodes were not looked at: enough others fit.</p>
      ) : null}
      {nodes.some(({ scores }) => scores) ? <Scores nodes={nodes} chosen={attempt.nodeName} /> : null}
      {attempt.preemption ? <Preemption attempt={attempt} /> : null}
    </>
  );
}

/** Node by filter; filters that had nothing to say of the pod are left out. */
function Filters({ attempt: { nodes, filters, nodeName, outcome } }: { readonly attempt: AttemptExplanation }) {
  const used = filters
    .map((filter, at) => ({ filter, at }))
    .filter(({ at }) => nodes.some(({ verdicts }) => verdicts[at] !== 'skipped'));
  return (
    <div className={styles.wide}>
      <table className={styles.matrix} aria-label="Filters by node">
        <thead>
          <tr>
            <th scope="col">Node and verdict</th>
            {used.map(({ filter }) => (
              <th key={filter} scope="col" className={styles.upright}>
                <span>{filter}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {nodes.map(({ node, verdicts, refusedBy, reasons = [] }) => (
            <tr key={node}>
              <th scope="row">
                {node}{' '}
                <span className={styles.verdict}>
                  {refusedBy === undefined
                    ? outcome === 'scheduled' && node === nodeName
                      ? 'Chosen'
                      : 'Fits'
                    : reasons.join(', ')}
                </span>
              </th>
              {used.map(({ filter, at }) => (
                <td key={filter} data-verdict={verdicts[at]} title={verdicts[at]}>
                  <span role="img" aria-label={verdicts[at]}>
                    {marks[verdicts[at] ?? 'skipped']}
                  </span>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Node by score plugin: what counts, and in small what it is made of. */
function Scores({
  nodes,
  chosen,
}: {
  readonly nodes: readonly NodeExplanation[];
  readonly chosen: string | undefined;
}) {
  const scored = nodes.filter(({ scores }) => scores);
  return (
    <div className={styles.wide}>
      <table className={styles.matrix} aria-label="Scores by node">
        <thead>
          <tr>
            <th scope="col">Node</th>
            <th scope="col">Total</th>
            {(scored[0]?.scores ?? []).map(({ plugin, weight }) => (
              <th key={plugin} scope="col" className={styles.upright}>
                <span>
                  {plugin} ×{weight}
                </span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {scored.map(({ node, scores = [], total }) => (
            <tr key={node}>
              <th scope="row">{node}</th>
              <td>{node === chosen ? <strong>{total}</strong> : total}</td>
              {scores.map(({ plugin, raw, normalized, weighted }) => (
                <td key={plugin} title={`raw ${raw}, normalized ${normalized}, weighted ${weighted}`}>
                  {weighted} <small>{raw === normalized ? raw : `${raw} → ${normalized}`}</small>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Preemption({ attempt: { preemption } }: { readonly attempt: AttemptExplanation }) {
  if (!preemption) return null;
  if (preemption.node === undefined) return <p className={styles.faint}>Preemption: {preemption.why}</p>;
  return (
    <>
      <p>
        Preemption makes room on {preemption.node}: {preemption.why}.
      </p>
      <ul>
        {preemption.candidates.map(({ node, victims, numPdbViolations }) => (
          <li key={node}>
            {node}: {victims.map(({ pod, priority }) => `${pod} (priority ${priority})`).join(', ')}
            {numPdbViolations > 0 ? `, against ${numPdbViolations} disruption budgets` : ''}
          </li>
        ))}
      </ul>
    </>
  );
}
