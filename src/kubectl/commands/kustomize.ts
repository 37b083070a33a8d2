import type { Command } from '../command.ts';
import { KubectlError } from '../errors.ts';
import { flagSpecs } from '../flags/flag-spec.ts';
import { buildKustomization } from '../kustomize/kustomize.ts';

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
  run: function* ({ args, context, out, err }) {
    if (args.length > 1) throw new KubectlError('specify one path to kustomization.yaml');
    const { text, warnings } = buildKustomization(context, args[0] ?? '.');
    yield* err.print(warnings);
    yield* out.print(text);
  },
};
