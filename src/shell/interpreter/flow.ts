/** `break`, `continue`, `return` and `exit` leave what they are in by throwing. */

/** `break` or `continue`, of so many loops. */
export class LoopExit {
  readonly kind: 'break' | 'continue';
  levels: number;
  constructor(kind: 'break' | 'continue', levels: number) {
    this.kind = kind;
    this.levels = levels;
  }
}

/** `return`, from a function or a sourced file. */
export class FunctionReturn {
  readonly status: number;
  constructor(status: number) {
    this.status = status;
  }
}

/** `exit`, or what ends a shell otherwise. */
export class ShellExit {
  readonly status: number;
  constructor(status: number) {
    this.status = status;
  }
}
