import type * as corev1 from '../../api/core/v1.ts';
import { printLabelsAndAnnotations, printNames, sortedKeys } from './describe-parts.ts';
import { describeEvents, type Describe, plain, searchEvents, subjectOf } from './session.ts';

const decoded = (base64: string): string => atob(base64.replace(/\s/g, ''));

/** Upstream: kubectl/pkg/describe/describe.go describeSecret (v1.36) */
export const describeSecret = plain<corev1.Secret>((w, { metadata, type = '', data }) => {
  printNames(w, metadata);
  printLabelsAndAnnotations(w, metadata);
  w.write(0, `\nType:\t${type}\n`);
  w.write(0, '\nData\n====\n');
  for (const key of sortedKeys(data)) {
    const value = decoded(data?.[key] ?? '');
    const shown = key === 'token' && type === 'kubernetes.io/service-account-token';
    w.write(0, `${key}:\t${shown ? value : `${value.length} bytes`}\n`);
  }
});

/** Its events are part of it: when they cannot be read, it fails. Upstream: ConfigMapDescriber (v1.36) */
export const describeConfigMap = (showEvents: boolean): Describe =>
  function* (object, session) {
    const { metadata, data, binaryData } = object as unknown as corev1.ConfigMap;
    const { w, now } = session;
    printNames(w, metadata);
    printLabelsAndAnnotations(w, metadata);
    w.write(0, '\nData\n====\n');
    for (const key of sortedKeys(data)) {
      w.write(0, `${key}:\n----\n`);
      w.write(0, `${data?.[key]}\n`);
      w.write(0, '\n');
    }
    w.write(0, '\nBinaryData\n====\n');
    for (const key of sortedKeys(binaryData)) {
      w.write(0, `${key}: ${decoded(binaryData?.[key] ?? '').length} bytes\n`);
    }
    w.write(0, '\n');
    if (showEvents) describeEvents(w, yield* searchEvents(session, subjectOf(object)), now);
  };

/** Upstream: kubectl/pkg/describe/describe.go describeServiceAccount (v1.36) */
export const describeServiceAccount = plain<corev1.ServiceAccount>((w, { metadata, imagePullSecrets }) => {
  printNames(w, metadata);
  printLabelsAndAnnotations(w, metadata);
  const header = 'Image pull secrets:';
  if (!imagePullSecrets?.length) w.write(0, `${header}\t<none>\n`);
  (imagePullSecrets ?? []).forEach(({ name = '' }, index) => {
    w.write(0, `${index === 0 ? header : ' '.repeat(header.length)}\t${name}\n`);
  });
});
