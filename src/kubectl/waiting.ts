import { isNotFound, newNotFound } from '../apimachinery/status-error.ts';
import { type Process, suspend, currentDriver, now, sleep } from '../process/process.ts';
import { fork } from '../process/task.ts';
import { KubectlError } from './errors.ts';
import { itemsOf, metaOf, type Unstructured } from './object.ts';
import type { Info } from './resource/info.ts';
import { watchSingle } from './resource/result.ts';
import type { WatchMessage } from './rest/rest-client.ts';

/** What waiting ended with: the object, when there is one. */
export interface Waited {
  readonly object: Unstructured | undefined;
}

/** The complaint of a wait that took too long. */
export const timedOut = (info: Info): KubectlError =>
  new KubectlError(`timed out waiting for the condition on ${info.served.resource}/${info.name}`);

/** Until when to wait, in the driver's milliseconds. */
export type Deadline = number;

/** Takes the next message of a watch, or undefined at the deadline. */
export function* receiveBefore(
  events: { receive(): Process<WatchMessage | undefined> },
  deadline: Deadline,
): Process<WatchMessage | 'timeout' | undefined> {
  const driver = yield* currentDriver();
  const left = deadline - driver.now();
  if (left <= 0) return 'timeout';
  const task = yield* fork(events.receive(), 'watch');
  return yield* suspend<WatchMessage | 'timeout' | undefined>((resume, fail) => {
    const cancel = driver.setTimer(Math.min(left, 2 ** 31 - 1), () => {
      task.kill('deadline');
      resume('timeout');
    });
    task.onSettled((outcome) => {
      cancel();
      if (outcome.kind === 'returned') resume(outcome.value);
      else if (outcome.kind === 'threw') fail(outcome.error);
    });
    return () => {
      cancel();
      task.kill('killed');
    };
  });
}

/**
 * Lists, then watches one object until the check holds.
 *
 * `onMissing` says what it means that the object is not there; `onDeleted` whether its deletion ends the wait.
 * @throws KubectlError `timed out waiting for the condition on pods/x`
 */
export function* untilWithSync(
  info: Info,
  deadline: Deadline,
  options: {
    readonly check: (object: Unstructured) => boolean;
    readonly missing: 'error' | 'done';
    readonly deletedEnds: boolean;
  },
): Process<Waited> {
  const helper = info.helper({ subresource: '' });
  const driver = yield* currentDriver();
  for (;;) {
    const list = yield* helper.list(info.namespace, { fieldSelector: `metadata.name=${info.name}` });
    const object = itemsOf(list)[0];
    if (object === undefined) {
      if (options.missing === 'done') return { object: undefined };
      throw newNotFound(info.served, info.name);
    }
    if (options.check(object)) return { object };
    const watch = watchSingle(info, metaOf(list).resourceVersion ?? '');
    try {
      for (;;) {
        const message = yield* receiveBefore(watch.events, deadline);
        if (message === 'timeout') throw timedOut(info);
        if (message === undefined || message.type === 'END') {
          if (message?.error !== undefined) throw message.error;
          break;
        }
        const changed = message.object as Unstructured;
        if (message.type === 'DELETED') {
          if (options.deletedEnds) return { object: changed };
        } else if (message.type !== 'ERROR' && message.type !== 'BOOKMARK' && options.check(changed))
          return { object: changed };
      }
    } finally {
      watch.stop();
    }
    if (driver.now() >= deadline) throw timedOut(info);
    yield* sleep(100);
  }
}

/** Waits until an object is gone. A known uid tells it from a new object of the same name. Upstream: cmd/wait/delete.go IsDeleted (v1.36) */
export function* untilDeleted(
  info: Info,
  deadline: Deadline,
  options: { readonly uid?: string; readonly noWait?: boolean } = {},
): Process<Waited> {
  if (info.name === '') throw new KubectlError('resource name must be provided');
  let found: Unstructured;
  if (!options.noWait && (yield* now()) >= deadline) {
    throw new KubectlError('client rate limiter Wait returned an error: context deadline exceeded');
  }
  try {
    found = yield* info.helper({ subresource: '' }).get(info.namespace, info.name);
  } catch (error) {
    if (isNotFound(error)) return { object: info.hasObject ? info.object : undefined };
    throw error;
  }
  const isOther = (object: Unstructured) =>
    options.uid !== undefined && options.uid !== '' && metaOf(object).uid !== options.uid;
  if (isOther(found)) return { object: found };
  if (options.noWait) throw new KubectlError(`condition not met for ${info.objectName}`);
  yield* untilWithSync(info, deadline, { check: isOther, missing: 'done', deletedEnds: true });
  return { object: found };
}
