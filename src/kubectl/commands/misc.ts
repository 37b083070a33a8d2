import type { Command } from '../command.ts';
import { KubectlError } from '../errors.ts';
import { flagSpecs } from '../flags/flag-spec.ts';
import { optionsText } from '../help.ts';
import { buildKustomization } from '../kustomize/kustomize.ts';

export const options: Command = {
  use: 'options',
  short: 'Print the list of flags inherited by all commands',
  long: 'Lists the flags that every command takes.',
  example: 'kubectl options',
  hidden: true,
  run: function* ({ out }) {
    yield* out.print(optionsText());
  },
};

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

export const kustomize: Command = {
  use: 'kustomize DIR',
  group: 'advanced',
  short: 'Build a kustomization target from a directory or URL',
  long: 'Prints what the kustomization.yaml of a directory makes.',
  example: 'kubectl kustomize overlays/production',
  flags: flagSpecs(`
    as-current-user=false enable-alpha-plugins=false enable-helm=false e/env=[] helm-api-versions=[] helm-command='helm'
    helm-debug=false helm-kube-version='' load-restrictor='LoadRestrictionsRootOnly' mount=[] network=false
    network-name='bridge' o/output=''
  `),
  plainUseLine: true,
  run: function* ({ args, context, out, err }) {
    if (args.length > 1) throw new KubectlError('specify one path to kustomization.yaml');
    const { text, warnings } = buildKustomization(context, args[0] ?? '.');
    yield* err.print(warnings);
    yield* out.print(text);
  },
};
