// Reads the tasks of the page's main thread out of a Chromium trace.

/** Every task: `{ startUs, endUs, wallMs, cpuMs }`, the CPU time being that of the thread. */
export function mainThreadTasks(events) {
  const thread = mainThread(events);
  return events
    .filter((event) => event.ph === 'X' && event.name === 'RunTask' && isOn(event, thread))
    .map(({ ts, dur, tdur }) => ({ startUs: ts, endUs: ts + dur, wallMs: dur / 1000, cpuMs: (tdur ?? dur) / 1000 }));
}

/** What a task spent its time on, in words: the browser's own parts, and the functions by the time they took themselves. */
export function describeTask({ startUs, endUs, wallMs, cpuMs }, events) {
  const thread = mainThread(events);
  const parts = new Map();
  for (const event of events) {
    if (event.ph !== 'X' || !isOn(event, thread) || event.ts < startUs || event.ts > endUs || event.name === 'RunTask')
      continue;
    parts.set(event.name, (parts.get(event.name) ?? 0) + (event.tdur ?? event.dur ?? 0));
  }
  const functions = selfTimes(events, thread, startUs, endUs);
  const words = (map, least) =>
    [...map]
      .sort((a, b) => b[1] - a[1])
      .slice(0, 14)
      .filter(([, us]) => us >= least)
      .map(([name, us]) => `${name} ${(us / 1000).toFixed(1)}`)
      .join(', ');
  return `  ${wallMs.toFixed(0)} ms, CPU ${cpuMs.toFixed(0)} ms\n    parts: ${words(parts, 1000)}\n    functions: ${words(functions, 1000)}`;
}

const isOn = (event, { pid, tid }) => event.pid === pid && event.tid === tid;

/** The renderer's main thread that had most to do: the page's. */
function mainThread(events) {
  const busy = new Map();
  const mains = new Set(
    events
      .filter((event) => event.name === 'thread_name' && event.args?.name === 'CrRendererMain')
      .map((event) => `${event.pid}/${event.tid}`),
  );
  for (const event of events) {
    const key = `${event.pid}/${event.tid}`;
    if (event.ph === 'X' && event.name === 'RunTask' && mains.has(key)) busy.set(key, (busy.get(key) ?? 0) + event.dur);
  }
  const [busiest] = [...busy].sort((a, b) => b[1] - a[1]);
  const [pid, tid] = (busiest?.[0] ?? '/').split('/').map(Number);
  return { pid, tid };
}

/** Function → µs of its own between two instants, from the sampling profiler. */
function selfTimes(events, thread, startUs, endUs) {
  const out = new Map();
  const profiles = events.filter((event) => event.name === 'Profile' && isOn(event, thread));
  for (const profile of profiles) {
    const names = new Map();
    let at = profile.args.data.startTime;
    for (const chunk of events.filter(
      (event) => event.name === 'ProfileChunk' && event.pid === profile.pid && event.id === profile.id,
    )) {
      const { cpuProfile, timeDeltas = [] } = chunk.args.data;
      for (const { id, callFrame } of cpuProfile?.nodes ?? [])
        names.set(
          id,
          `${callFrame.functionName || '(anonymous)'}:${(callFrame.url ?? '').split('/').at(-1)?.slice(0, 12)}:${callFrame.lineNumber ?? ''}:${callFrame.columnNumber ?? ''}`,
        );
      for (const [index, id] of (cpuProfile?.samples ?? []).entries()) {
        const delta = timeDeltas[index] ?? 0;
        at += delta;
        if (at >= startUs && at <= endUs) out.set(names.get(id) ?? '?', (out.get(names.get(id) ?? '?') ?? 0) + delta);
      }
    }
  }
  return out;
}
