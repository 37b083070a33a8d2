import { useEffect, useState } from 'react';
import { useSession } from '../stores/session-context.ts';
import { ageText } from './age.ts';

/** Virtual time, refreshed every `everyMs`. */
export function useVirtualNow(everyMs = 1000): number {
  const session = useSession();
  const [now, setNow] = useState(() => session.now());
  useEffect(() => {
    const handle = setInterval(() => setNow(session.now()), everyMs);
    return () => clearInterval(handle);
  }, [session, everyMs]);
  return now;
}

/** Gives ages in virtual time, refreshed each second. */
export function useAge(): (sinceMs: number) => string {
  const now = useVirtualNow();
  return (sinceMs) => (sinceMs === 0 ? '' : ageText(Math.max(now - sinceMs, 0)));
}
