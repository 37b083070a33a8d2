import type { Command } from '../command.ts';
import { KubectlError } from '../errors.ts';
import { flagSpecs } from '../flags/flag-spec.ts';

/** A web server here is not offered. */
export const proxy: Command = {
  use: 'proxy [--port=PORT] [--www=static-dir] [--www-prefix=prefix] [--api-prefix=prefix]',
  group: 'debug',
  short: 'Run a proxy to the Kubernetes API server',
  long: 'Would serve the API on a port of this machine. This cluster does not offer it: kubectl get --raw reads any path.',
  example: 'kubectl proxy --port=8080',
  flags: flagSpecs(String.raw`
    accept-hosts='^localhost$,^127\.0\.0\.1$,^\[::1\]$' accept-paths='^.*' address='127.0.0.1' api-prefix='/'
    append-server-path=false disable-filter=false keepalive=0s p/port=8001 reject-methods='^$'
    reject-paths='^/api/.*/pods/.*/exec,^/api/.*/pods/.*/attach' u/unix-socket='' w/www='' P/www-prefix='/static/'
  `),
  plainUseLine: true,
  // biome-ignore lint/correctness/useYield: a process that never waits
  run: function* () {
    throw new KubectlError('proxy is not available here; use kubectl get --raw PATH');
  },
};
