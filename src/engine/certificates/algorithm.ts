import { Asn1Reader } from './asn1-reader.ts';

/** An algorithm and its parameters, as encoded. */
export interface Algorithm {
  readonly oid: string;
  readonly parameters: Uint8Array | undefined;
}

/** Reads the next member of a structure. @throws Asn1Error */
export function readAlgorithm(reader: Asn1Reader): Algorithm {
  const inner = new Asn1Reader(reader.struct('AlgorithmIdentifier').contents);
  return { oid: inner.oid(), parameters: inner.optionalAny()?.bytes };
}
