/** All images known here. To add one: write `images/<image>.ts` and put it into `definitions`. */
import type { Program } from '../../../shell/context.ts';
import { basePrograms } from '../../../shell/base-files.ts';
import { agnhostImage, agnhostSinglesImage } from './agnhost.ts';
import { boutiqueImages } from './boutique.ts';
import { bitnamiName, bitnamiScripts, needsOwnScripts } from './bitnami.ts';
import { alpineImage, bashImage, busyboxImage, curlImage, debianImage, toolboxImage } from './busybox.ts';
import { corednsImage } from './coredns.ts';
import { databaseImages } from './databases.ts';
import { guestbookFrontendImage, guestbookGoImage } from './guestbook.ts';
import { completeImage, type Image, type ImageDefinition } from './image.ts';
import type { ImageReference } from '../../../apimachinery/image-reference.ts';
import { perlImage, pythonImage } from './languages.ts';
import { ingressNginxImage } from './ingress-nginx.ts';
import { metricsServerImage } from './metrics-server.ts';
import { sampleApiServerImage } from './sample-apiserver.ts';
import { nginxImage } from './nginx.ts';
import { nonewprivsImage, nonrootImage } from './rights.ts';
import { pauseImage } from './pause.ts';
import { quietImage } from './quiet.ts';
import { redisImage } from './redis.ts';
import { resourceConsumerImage } from './resource-consumer.ts';
import { simpleServerImages } from './simple-servers.ts';
import { goStressImage, stressImage } from './stress.ts';
import { webhookCertgenImage } from './webhook-certgen.ts';
import { zookeeperImage } from './zookeeper.ts';

/** The first that matches is taken. */
const definitions: readonly ImageDefinition[] = [
  ...boutiqueImages,
  agnhostImage,
  agnhostSinglesImage,
  guestbookFrontendImage,
  guestbookGoImage,
  nginxImage,
  redisImage,
  ...simpleServerImages,
  ...databaseImages,
  zookeeperImage,
  corednsImage,
  metricsServerImage,
  webhookCertgenImage,
  ingressNginxImage,
  sampleApiServerImage,
  resourceConsumerImage,
  stressImage,
  goStressImage,
  perlImage,
  pythonImage,
  curlImage,
  toolboxImage,
  busyboxImage,
  alpineImage,
  bashImage,
  debianImage,
  pauseImage,
  nonewprivsImage,
  nonrootImage,
  quietImage,
];

/** The image that a reference names; unknown ones are a quiet server, marked `simplified`. Does not know what a registry lacks. */
export function resolveImage(reference: ImageReference): Image {
  const name = `${reference.registry}/${reference.repository}`;
  const bitnami = bitnamiName(reference);
  const definition =
    bitnami !== undefined && needsOwnScripts(bitnami)
      ? undefined
      : definitions.find((each) => each.matches.some((pattern) => matchesPattern(pattern, name)));
  const image = completeImage((definition ?? quietImage).build(reference));
  return bitnami === undefined || !definition ? image : { ...image, layers: [...image.layers, bitnamiScripts] };
}

/** A program of any image, or a utility, by the name that program files hold. */
export function programNamed(name: string): Program | undefined {
  return allPrograms.get(name) ?? basePrograms.get(name);
}

const allPrograms: ReadonlyMap<string, Program> = new Map(
  definitions.flatMap((definition) => Object.entries(definition.programs ?? {})),
);

function matchesPattern(pattern: string, name: string): boolean {
  const source = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${source.join('.*')}$`).test(name);
}
