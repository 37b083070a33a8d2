/** Own symbols for kinds: path data on a 16 × 16 grid, drawn as strokes of 1.4. */
export const symbols = {
  pod: 'M8 1.8 13.4 4.9v6.2L8 14.2 2.6 11.1V4.9zM2.6 4.9 8 8l5.4-3.1M8 8v6.2',
  node: 'M2.5 3h11v4h-11zM2.5 9h11v4h-11zM4.8 5h.01M4.8 11h.01M8 5h3.5M8 11h3.5',
  deployment:
    'M13.2 6.2A5.6 5.6 0 0 0 3.2 5M2.8 9.8a5.6 5.6 0 0 0 10 1.2M3 2.4V5h2.6M13 13.6V11h-2.6M8 6.2l1.9 1v2L8 10.2l-1.9-1v-2z',
  replicaSet: 'M5.5 5.5h8v8h-8zM2.5 10.5v-8h8',
  statefulSet:
    'M2.8 4c0-1 2.3-1.8 5.2-1.8S13.2 3 13.2 4 10.9 5.8 8 5.8 2.8 5 2.8 4zM2.8 4v8c0 1 2.3 1.8 5.2 1.8s5.2-.8 5.2-1.8V4M2.8 8c0 1 2.3 1.8 5.2 1.8S13.2 9 13.2 8',
  daemonSet: 'M2.5 2.5h4v4h-4zM9.5 2.5h4v4h-4zM2.5 9.5h4v4h-4zM11.5 9.5v4M9.5 11.5h4',
  job: 'M8 2.2a5.8 5.8 0 1 0 0 11.6A5.8 5.8 0 0 0 8 2.2M5.6 8l1.7 1.8L10.6 6.3',
  cronJob: 'M8 2.2a5.8 5.8 0 1 0 0 11.6A5.8 5.8 0 0 0 8 2.2M8 4.8V8l2.3 1.6',
  service:
    'M8 5.7a2.3 2.3 0 1 0 0 4.6 2.3 2.3 0 0 0 0-4.6M8 5.7V2.5M6 9.2 3.2 11.8M10 9.2l2.8 2.6M6.8 2.5h2.4M2.2 10.7l2 2.2M13.8 10.7l-2 2.2',
  endpointSlice: 'M2.5 8h7M7 5l3 3-3 3M13.3 4v8',
  ingress: 'M2 8h6M5.5 5.5 8 8l-2.5 2.5M8 3.5h5.5M8 8h5.5M8 12.5h5.5M8 3.5v9',
  networkPolicy: 'M8 1.8 13 3.8v4c0 3-2 5.3-5 6.4-3-1.1-5-3.4-5-6.4v-4zM5.7 8l1.7 1.7L10.6 6.3',
  configMap: 'M3.5 2.5h9v11h-9zM5.8 5.5h4.4M5.8 8h4.4M5.8 10.5h2.5',
  secret: 'M4 7.3h8v6H4zM5.7 7.3V5a2.3 2.3 0 0 1 4.6 0v2.3M8 9.8v1.3',
  volume: 'M2.5 10.5h11v3h-11zM2.5 10.5l2-8h7l2 8M10.8 12h.01',
  claim: 'M2.5 9.5h11v4h-11zM8 2v5M5.8 4.8 8 7l2.2-2.2M10.8 11.5h.01',
  storageClass: 'M2.5 3h11v2.7h-11zM2.5 6.7h11v2.7h-11zM2.5 10.3h11V13h-11z',
  namespace: 'M5 2.5H2.5V5M11 2.5h2.5V5M5 13.5H2.5V11M11 13.5h2.5V11M6 6h4v4H6z',
  autoscaler: 'M8 13.5v-11M5 5.5l3-3 3 3M5 10.5l3 3 3-3',
  budget: 'M2.5 8a5.5 5.5 0 0 1 11 0zM8 8v4.2a1.4 1.4 0 0 1-2.8 0',
  serviceAccount: 'M8 2.5a2.6 2.6 0 1 0 0 5.2 2.6 2.6 0 0 0 0-5.2M3 13.5c.4-2.6 2.4-4 5-4s4.6 1.4 5 4',
  role: 'M9.8 3a3.2 3.2 0 1 0 .001 0M7.6 8.4 2.8 13.2M4.5 11.5l1.8 1.8',
  custom: 'M6 2.5h4v2.2a1.4 1.4 0 1 1 0 2.8V10H7.5a1.4 1.4 0 1 1-2.8 0H2.5V6.5h2M10 10v3.5H2.5V10',
  other: 'M3 3h10v10H3zM6 8h4',
  event: 'M8 2.5v6M8 11.8v.01M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13',
} as const;

/** Shapes of the status levels on a 16 × 16 grid; level is never colour alone. */
export const statusShapes = {
  ok: { path: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2z', mark: 'M5.3 8.2 7.2 10l3.5-3.9' },
  progress: { path: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2z', mark: 'M8 5v3.2l2.2 1.3' },
  warning: { path: 'M8 1.8 14.8 13.8H1.2z', mark: 'M8 6v3.6M8 11.6v.3' },
  error: { path: 'M5.2 1.5h5.6l3.7 3.7v5.6l-3.7 3.7H5.2l-3.7-3.7V5.2z', mark: 'M5.7 5.7l4.6 4.6M10.3 5.7l-4.6 4.6' },
  done: { path: 'M3 3h10v10H3z', mark: 'M5.3 8.2 7.2 10l3.5-3.9' },
  neutral: { path: 'M3 3h10v10H3z', mark: 'M5.5 8h5' },
} as const;
