import { CircleAlert, X } from 'lucide-react';
import { IconButton } from '../widgets/buttons.tsx';
import { type Problem, shortMessage } from './apply-problems.ts';
import styles from './editor.module.css';
import { isController } from './run-controller.ts';

interface RefusedProps {
  readonly problems: ReadonlyMap<string, readonly Problem[]>;
  onDismiss(): void;
  onGo(path: string, line: number): void;
}

/** Controllers run; everything else is applied. */
const refusal = (problems: RefusedProps['problems']) =>
  [...problems.keys()].every(isController) ? 'Not started' : 'Not applied';

/** What the cluster said against the last Apply, line by line. */
export function RefusedProblems({ problems, onDismiss, onGo }: RefusedProps) {
  const rows = [...problems].flatMap(([path, found]) => found.map((problem) => ({ path, problem })));
  if (rows.length === 0) return null;
  return (
    <section className={styles.refused} aria-label="Problems from the cluster">
      <div className={styles.refusedHead} role="alert">
        <CircleAlert size={15} aria-hidden="true" />
        <span>{`${refusal(problems)}: ${rows.length === 1 ? '1 problem' : `${rows.length} problems`}`}</span>
        <IconButton icon={X} label="Dismiss the problems" onClick={onDismiss} />
      </div>
      <ul>
        {rows.map(({ path, problem }) => (
          <li key={`${path}${problem.line}${problem.message}`}>
            <button type="button" onClick={() => onGo(path, problem.line)}>
              {path}:{problem.line}
            </button>
            <span>{shortMessage(problem.message)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
