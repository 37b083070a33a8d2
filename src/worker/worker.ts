/** The Web Worker's entry: waits for the page's two ports, then hosts a cluster behind them. */
import type { WorkerHello } from '../protocol/control.ts';
import { hostCluster } from './host.ts';

addEventListener(
  'message',
  (message: MessageEvent<WorkerHello>) => {
    hostCluster(message.data.rest, message.data.control);
  },
  { once: true },
);
