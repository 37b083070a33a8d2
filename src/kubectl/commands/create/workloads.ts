import { safeCharacters } from '../../../apimachinery/names.ts';
import type { Process } from '../../../process/process.ts';
import type { Command, Invocation } from '../../command.ts';
import { KubectlError } from '../../errors.ts';
import type { JsonObject } from '../../../apimachinery/json-value.ts';
import { kindOf, metaOf, nameOf, type Unstructured, valueAt } from '../../object.ts';
import { commandFromArgs, type Creation, runCreation, withCreateFlags } from './create-subcommand.ts';

const withCommand = (command: readonly string[]): JsonObject => (command.length === 0 ? {} : { command });

export const createDeployment: Command = {
  use: 'deployment NAME --image=image -- [COMMAND] [args...]',
  aliases: ['deploy'],
  short: 'Create a deployment with the given name',
  example: 'kubectl create deployment web --image=nginx --replicas=3 --port=80',
  flags: withCreateFlags('image=[] port=-1 r/replicas=1'),
  required: ['image'],
  plainUseLine: true,
  completion: 'none',
  run: (invocation) => runCreation(invocation, (name) => deployment(invocation, name)),
};

function deployment(invocation: Invocation, name: string): Creation {
  const { flags, context } = invocation;
  const images = flags.strings('image');
  const command = commandFromArgs(invocation);
  if (images.length > 1 && command.length > 0) {
    throw new KubectlError('cannot specify multiple --image options and command');
  }
  const port = flags.int('port');
  const containers = images.map((image, index) => ({
    name: containerName(image, () => context.random()),
    image,
    ...withCommand(command),
    ...(index === 0 && port >= 0 ? { ports: [{ containerPort: port }] } : {}),
  }));
  const labels = { app: name };
  return {
    object: {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, labels },
      spec: {
        replicas: flags.int('replicas'),
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers } },
      },
    },
    namespaced: true,
    failure: 'failed to create deployment:',
  };
}

/** The last part of an image's name, without tag. Upstream: create_deployment.go buildPodSpec, sanitizeAndUniquify (v1.36) */
function containerName(image: string, random: () => number): string {
  const base = (image.split('/').at(-1) ?? '').split(':')[0]?.split('@')[0] ?? '';
  if (!/[_.]/.test(base)) return base;
  const letter = () => safeCharacters[Math.floor(random() * safeCharacters.length)] ?? 'x';
  return `${base.replace(/[_.]/g, '-')}-${letter()}${letter()}${letter()}${letter()}${letter()}`;
}

export const createJob: Command = {
  use: 'job NAME --image=image [--from=cronjob/name] -- [COMMAND] [args...]',
  short: 'Create a job with the given name',
  example:
    'kubectl create job once --image=busybox -- date\n\n# From the template of a cron job\nkubectl create job now --from=cronjob/nightly',
  flags: withCreateFlags("from='' image=''"),
  plainUseLine: true,
  completion: 'none',
  run: (invocation) => runCreation(invocation, (name) => job(invocation, name)),
};

function* job(invocation: Invocation, name: string): Process<Creation> {
  const { flags } = invocation;
  const [image, from] = [flags.string('image'), flags.string('from')];
  const command = commandFromArgs(invocation);
  if ((image === '') === (from === '')) throw new KubectlError('either --image or --from must be specified');
  if (command.length > 0 && from !== '') throw new KubectlError('cannot specify --from and command');
  const failure = 'failed to create job:';
  if (from !== '') return { object: jobFrom(yield* cronJobOf(invocation, from), name), namespaced: true, failure };
  const spec = { containers: [{ name, image, ...withCommand(command) }], restartPolicy: 'Never' };
  const object = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name }, spec: { template: { spec } } };
  return { object, namespaced: true, failure };
}

function* cronJobOf({ factory }: Invocation, from: string): Process<Unstructured> {
  const result = yield* factory
    .builder()
    .namespaceParam(factory.namespace)
    .defaultNamespace()
    .resourceTypeOrNameArgs(false, from)
    .flatten()
    .latest()
    .do();
  const infos = yield* result.infos();
  const [info] = infos;
  if (info === undefined || infos.length !== 1) throw new KubectlError('from must be an existing cronjob');
  const { group, version, kind } = kindOf(info.object);
  if (kind === 'CronJob') return info.object;
  throw new KubectlError(
    `unknown object type *${group.split('.')[0] || 'v1'}${group === '' ? '' : version}.${kind}`
      .replace('*apps', '*')
      .replace('*batch', '*'),
  );
}

function jobFrom(cronJob: Unstructured, name: string): Unstructured {
  const template = (valueAt(cronJob, 'spec', 'jobTemplate') ?? {}) as Unstructured;
  const { annotations, labels } = metaOf(template);
  const owner = {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    name: nameOf(cronJob),
    uid: metaOf(cronJob).uid ?? '',
    controller: true,
  };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name,
      annotations: { 'cronjob.kubernetes.io/instantiate': 'manual', ...annotations },
      ...(labels === undefined ? {} : { labels }),
      ownerReferences: [owner],
    },
    spec: template['spec'],
  };
}

export const createCronJob: Command = {
  use: "cronjob NAME --image=image --schedule='0/5 * * * ?' -- [COMMAND] [args...] [flags]",
  aliases: ['cj'],
  short: 'Create a cron job with the given name',
  example: 'kubectl create cronjob nightly --image=busybox --schedule="0 3 * * *" -- date',
  flags: withCreateFlags("image='' restart='' schedule=''"),
  required: ['image', 'schedule'],
  completion: 'none',
  run: (invocation) => runCreation(invocation, (name) => cronJob(invocation, name)),
};

function cronJob(invocation: Invocation, name: string): Creation {
  const { flags } = invocation;
  const container = { name, image: flags.string('image'), ...withCommand(commandFromArgs(invocation)) };
  const podSpec = { containers: [container], restartPolicy: flags.string('restart') || 'OnFailure' };
  const jobTemplate = { metadata: { name }, spec: { template: { spec: podSpec } } };
  return {
    object: {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name },
      spec: { schedule: flags.string('schedule'), jobTemplate },
    },
    namespaced: true,
    failure: 'failed to create cronjob:',
  };
}
