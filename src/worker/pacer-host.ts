import type { PacerHost } from '../engine/cluster-pacer.ts';

/** The worker's own time. A message to oneself comes back after the messages that wait already, sooner than any timer. */
export const pacerHost: PacerHost = (() => {
  const { port1, port2 } = new MessageChannel();
  const waiting: (() => void)[] = [];
  port1.onmessage = () => waiting.shift()?.();
  return {
    now: () => performance.now(),
    setTimeout: (callback: () => void, ms: number) => setTimeout(callback, ms),
    clearTimeout: (handle: unknown) => clearTimeout(handle as ReturnType<typeof setTimeout>),
    setImmediate: (callback: () => void) => {
      waiting.push(callback);
      port2.postMessage(undefined);
    },
  };
})();
