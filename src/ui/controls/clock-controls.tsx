import { History, Pause, Play, SkipForward, StepForward } from 'lucide-react';
import { useMemo } from 'react';
import type { ControlCommand } from '../../protocol/control.ts';
import { useSelect, useSession } from '../stores/session-context.ts';
import { virtualNow } from '../stores/clock-store.ts';
import { clockText, elapsedText } from '../timeline/age.ts';
import { marksOf } from '../timeline/marks.ts';
import { useVirtualNow } from '../timeline/use-age.ts';
import { Hint, IconButton } from '../widgets/buttons.tsx';
import { ActionMenu } from '../widgets/menu.tsx';
import styles from './controls.module.css';

const speeds = [0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 100, 300, 1000];

/** The virtual clock: always in view, with what moves it. */
export function ClockControls({ narrow }: { readonly narrow: boolean }) {
  const session = useSession();
  const started = useSelect(session.clock, ({ clock }) => clock !== undefined);
  const paused = useSelect(session.clock, ({ clock }) => clock?.paused ?? false);
  const speed = useSelect(session.clock, ({ clock }) => clock?.speed ?? 1);
  const send = (command: ControlCommand) =>
    void session.control.send(command).catch((error: unknown) => session.problem('clock', error));
  return (
    <div className={styles.clock} data-paused={paused} role="group" aria-label="Virtual clock">
      <IconButton
        icon={paused ? Play : Pause}
        label={paused ? 'Resume time' : 'Pause time'}
        disabled={!started}
        onClick={() => send({ op: paused ? 'resume' : 'pause' })}
      />
      <IconButton
        icon={StepForward}
        label="Step to the next event"
        disabled={!paused}
        onClick={() => send({ op: 'step' })}
      />
      {narrow ? null : (
        <IconButton
          icon={SkipForward}
          label="Move on by 10 seconds"
          disabled={!paused}
          onClick={() => send({ op: 'step', ms: 10_000 })}
        />
      )}
      <Time />
      <Hint text="Virtual seconds per second of yours">
        <select
          className={styles.speed}
          aria-label="Speed"
          value={String(speed)}
          disabled={!started}
          onChange={(event) => send({ op: 'speed', speed: Number(event.target.value) })}
        >
          {speeds.map((value) => (
            <option key={value} value={String(value)}>
              {value}×
            </option>
          ))}
          {speeds.includes(speed) ? null : <option value={String(speed)}>{speed}×</option>}
        </select>
      </Hint>
      <GoBack />
      <Reached />
    </div>
  );
}

/** The speed that the machine reaches, where that is much less than what is asked of it. */
function Reached() {
  const { clock } = useSession();
  const reached = useSelect(clock, ({ clock: state }) => {
    if (!state || state.paused || state.speed <= 1 || state.actualSpeed <= 0) return undefined;
    if (state.actualSpeed >= state.speed * 0.7) return undefined;
    return state.actualSpeed < 10 ? state.actualSpeed.toFixed(1) : state.actualSpeed.toFixed(0);
  });
  return reached === undefined ? null : <span className={styles.actual}>reaches {reached}×</span>;
}

/** Back to an earlier moment: the input log is played again up to there. */
function GoBack() {
  const session = useSession();
  const count = useSelect(session.inputs, (state) => state.count);
  const started = useSelect(session.clock, (state) => state.clock !== undefined);
  const marks = useMemo(() => marksOf(session.inputs.getState().inputs.slice(0, count), 6), [session, count]);
  const goTo = (atMs: number) => void session.rewind(Math.max(0, atMs));
  const back = (ms: number) => goTo((session.clock.getState().clock?.elapsedMs ?? 0) - ms);
  return (
    <ActionMenu
      trigger={<IconButton icon={History} label="Go back in time" disabled={!started} />}
      actions={[
        { label: 'Back by 10 seconds', run: () => back(10_000) },
        { label: 'Back by a minute', run: () => back(60_000) },
        ...(marks.length > 0 ? [undefined] : []),
        ...marks.map(({ atMs, label }) => ({
          label: `Before ${elapsedText(atMs)}`,
          command: label,
          run: () => goTo(atMs),
        })),
      ]}
    />
  );
}

function Time() {
  const session = useSession();
  useVirtualNow(250);
  const state = session.clock.getState();
  const now = virtualNow(state, performance.now());
  const elapsed = state.clock ? state.clock.elapsedMs + (now - state.clock.nowMs) : 0;
  return (
    <Hint
      text={
        state.clock
          ? `Cluster time ${new Date(now).toISOString().slice(0, 10)} ${clockText(now)} UTC`
          : 'The cluster has not started'
      }
    >
      <time
        className={styles.time}
        aria-label="Virtual time since the start"
        data-paused={state.clock?.paused ?? false}
      >
        {state.clock ? elapsedText(elapsed) : '--:--:--'}
      </time>
    </Hint>
  );
}
