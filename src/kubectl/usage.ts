import { KubectlError } from './errors.ts';

/** An error with a hint to the command's help. Upstream: kubectl/pkg/cmd/util/helpers.go UsageErrorf (v1.36) */
export const usageError = (path: string, message: string): KubectlError =>
  new KubectlError(`${message}\nSee '${path} -h' for help and examples`);
