/** The syntax tree of a shell script. */

/** A word before expansion: its parts stand side by side. */
export type Word = readonly WordPart[];

export type WordPart =
  | { readonly kind: 'literal'; readonly text: string }
  /** 'single quotes', a backslashed character, or $'…'. */
  | { readonly kind: 'quoted'; readonly text: string }
  | { readonly kind: 'double'; readonly parts: Word }
  | ParameterPart
  | { readonly kind: 'command'; readonly script: Script }
  /** `<(…)`: a file with the output. */
  | { readonly kind: 'process'; readonly script: Script }
  | { readonly kind: 'arithmetic'; readonly expression: Word };

export interface ParameterPart {
  readonly kind: 'parameter';
  /** A name, a digit, or one of `@*#?-$!`. */
  readonly name: string;
  /** `${name[index]}`; `@` and `*` for all. */
  readonly index?: Word;
  /** `${#name}`. */
  readonly length?: boolean;
  /** `${!name}`. */
  readonly indirect?: boolean;
  readonly operation?: ParameterOperation;
}

export type ParameterOperation =
  | { readonly kind: 'default' | 'assign' | 'error' | 'alternative'; readonly orEmpty: boolean; readonly word: Word }
  | { readonly kind: 'prefix' | 'suffix'; readonly longest: boolean; readonly pattern: Word }
  | {
      readonly kind: 'replace';
      readonly mode: 'first' | 'all' | 'prefix' | 'suffix';
      readonly pattern: Word;
      readonly replacement: Word;
    }
  | { readonly kind: 'substring'; readonly offset: Word; readonly length?: Word }
  | { readonly kind: 'case'; readonly to: 'upper' | 'lower'; readonly all: boolean }
  | { readonly kind: 'transform'; readonly operator: string };

export interface Redirection {
  readonly fd: number;
  readonly operator: '<' | '>' | '>>' | '<>' | '>|' | '<&' | '>&' | '<<' | '<<<' | '&>' | '&>>';
  /** A file, a descriptor, or the text of a here-document. */
  readonly target: Word;
}

export interface Assignment {
  readonly name: string;
  readonly index?: Word;
  readonly append: boolean;
  readonly value: Word;
  /** `name=(a b c)`. */
  readonly elements?: readonly Word[];
}

export interface SimpleCommand {
  readonly kind: 'simple';
  readonly line: number;
  readonly assignments: readonly Assignment[];
  readonly words: readonly Word[];
  readonly redirections: readonly Redirection[];
}

export type CompoundCommand =
  | { readonly kind: 'group'; readonly body: Script }
  | { readonly kind: 'subshell'; readonly body: Script }
  | {
      readonly kind: 'if';
      readonly branches: readonly { condition: Script; body: Script }[];
      readonly otherwise?: Script;
    }
  | { readonly kind: 'for'; readonly name: string; readonly words?: readonly Word[]; readonly body: Script }
  | {
      readonly kind: 'arithmetic-for';
      readonly initial: Word;
      readonly condition: Word;
      readonly step: Word;
      readonly body: Script;
    }
  | { readonly kind: 'while'; readonly until: boolean; readonly condition: Script; readonly body: Script }
  | { readonly kind: 'case'; readonly word: Word; readonly items: readonly CaseItem[] }
  | { readonly kind: 'arithmetic-command'; readonly expression: Word }
  | { readonly kind: 'conditional'; readonly expression: Conditional };

export interface CaseItem {
  readonly patterns: readonly Word[];
  readonly body: Script;
  readonly end: ';;' | ';&' | ';;&';
}

/** The inside of `[[ … ]]`. */
export type Conditional =
  | { readonly kind: 'word'; readonly word: Word }
  | { readonly kind: 'unary'; readonly operator: string; readonly word: Word }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Word; readonly right: Word }
  | { readonly kind: 'not'; readonly inner: Conditional }
  | { readonly kind: 'and' | 'or'; readonly left: Conditional; readonly right: Conditional };

export type Command =
  | SimpleCommand
  | {
      readonly kind: 'compound';
      readonly line: number;
      readonly command: CompoundCommand;
      readonly redirections: readonly Redirection[];
    }
  | { readonly kind: 'function'; readonly line: number; readonly name: string; readonly body: Command };

export interface Pipeline {
  readonly negated: boolean;
  readonly timed: boolean;
  readonly commands: readonly Command[];
}

export interface AndOr {
  readonly first: Pipeline;
  readonly rest: readonly { readonly operator: '&&' | '||'; readonly pipeline: Pipeline }[];
  readonly background: boolean;
  /** As typed, for `jobs`. */
  readonly source: string;
}

export type Script = readonly AndOr[];
