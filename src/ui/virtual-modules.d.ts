declare module 'virtual:field-descriptions' {
  /** Class name of the published client → field name (empty: the type itself) → description. */
  export const descriptions: Readonly<Record<string, Readonly<Record<string, string>>>>;
}
