/** `break`, `continue`, `return` and `exit` leave what they are in by throwing. */

export class LoopExit {
  readonly kind: 'break' | 'continue';
  levels: number;
  constructor(kind: 'break' | 'continue', levels: number) {
    this.kind = kind;
    this.levels = levels;
  }
}

export class FunctionReturn {
  readonly status: number;
  constructor(status: number) {
    this.status = status;
  }
}

export class ShellExit {
  readonly status: number;
  constructor(status: number) {
    this.status = status;
  }
}
