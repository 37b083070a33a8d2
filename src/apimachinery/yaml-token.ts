import type { Mark } from './yaml-reader.ts';

/** The kinds of tokens. */
export type TokenKind =
  | 'stream-end'
  | 'version-directive'
  | 'tag-directive'
  | 'document-start'
  | 'document-end'
  | 'block-sequence-start'
  | 'block-mapping-start'
  | 'block-end'
  | 'flow-sequence-start'
  | 'flow-sequence-end'
  | 'flow-mapping-start'
  | 'flow-mapping-end'
  | 'block-entry'
  | 'flow-entry'
  | 'key'
  | 'value'
  | 'alias'
  | 'anchor'
  | 'tag'
  | 'scalar';

/** A token. `value` and `suffix` are those of scalars, anchors, tags and directives; `plain` is for scalars. */
export interface Token {
  readonly kind: TokenKind;
  readonly mark: Mark;
  readonly value: string;
  readonly suffix: string;
  readonly plain: boolean;
}

/** Where a token stands: columns that blocks around it are indented by (-1 outside of any), and whether brackets are open. */
export interface Nesting {
  readonly indent: number;
  readonly inFlow: boolean;
}
