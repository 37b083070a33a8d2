import type * as corev1 from '../../../../api/core/v1.ts';
import { toBase64 } from '../../codec/base64.ts';
import type { Draft } from '../draft.ts';

/** `stringData` is written only: its values go into `data`, and it is never stored. Upstream: secret conversion (v1.36) */
export function mergeStringData(draft: Draft<corev1.Secret>): void {
  const { stringData } = draft;
  if (!stringData) return;
  const data = { ...draft.data };
  const encoder = new TextEncoder();
  for (const key of Object.keys(stringData)) data[key] = toBase64(encoder.encode(stringData[key] ?? ''));
  delete draft.stringData;
  if (Object.keys(data).length > 0) draft.data = data;
}
