import { errorText } from '../../apimachinery/error-text.ts';
import type { ChildProcess } from '../../shell/context.ts';
import { Pty } from '../../shell/pty.ts';
import type { Session } from '../stores/session.ts';
import type { TerminalBackend } from './use-terminal.ts';

/** An interactive shell on the person's machine; a new one starts when it ends. */
export function connectShell(session: Session, write: (data: Uint8Array | string) => void): TerminalBackend {
  let closed = false;
  let child: ChildProcess | undefined;
  let pty: Pty | undefined;
  let size = { columns: 80, rows: 24 };
  const start = async () => {
    const workstation = await session.workstation();
    if (closed) return;
    const line = new Pty(write, (signal, group) => {
      if (group !== undefined) workstation.signal(group, signal);
    });
    line.resize(size.columns, size.rows);
    pty = line;
    child = workstation.startShell({ stdin: line.stdin, stdout: line.stdout, tty: line });
    line.setForeground(child.pid);
    await session.driver.run(child.wait());
    if (closed) return;
    write('\r\n');
    void start();
  };
  write('\x1b[2mkubectl talks to this cluster. Try: kubectl get nodes\x1b[0m\r\n');
  start().catch((error: unknown) => write(`\r\nThe shell did not start: ${errorText(error)}\r\n`));
  return {
    type: (bytes) => pty?.type(bytes),
    resize: (columns, rows) => {
      size = { columns, rows };
      pty?.resize(columns, rows);
    },
    close: () => {
      closed = true;
      pty?.hangUp();
      child?.kill('SIGKILL');
    },
  };
}
