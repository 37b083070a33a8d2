/** A value that the schema does not allow. The message is Go's. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
}
