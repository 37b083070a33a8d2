/** The part of sucrase that reads JavaScript: the package says nothing of its types. */
declare module 'sucrase/dist/parser/index.js' {
  export interface Token {
    readonly type: number;
    readonly start: number;
    readonly end: number;
  }
  export function parse(
    source: string,
    isJsx: boolean,
    isTypeScript: boolean,
    isFlow: boolean,
  ): { readonly tokens: readonly Token[] };
}
declare module 'sucrase/dist/parser/tokenizer/types.js' {
  export const TokenType: Readonly<
    Record<
      '_for' | '_while' | 'semi' | 'parenL' | 'parenR' | 'braceL' | 'braceR' | 'bracketL' | 'bracketR' | 'dollarBraceL',
      number
    >
  >;
}
