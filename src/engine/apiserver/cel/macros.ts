/** Calls that are macros. Upstream: github.com/google/cel-go/parser/macro.go, ext/comprehensions.go */
import type { Call, Expr } from './ast.ts';
import type { CelIssue } from './issues.ts';

interface MacroShape {
  /** How many variables come first. */
  readonly variables: number;
  readonly args: number;
}

const over = (...shapes: readonly MacroShape[]): readonly MacroShape[] => shapes;
const one: MacroShape = { variables: 1, args: 2 };
const two: MacroShape = { variables: 2, args: 3 };
const twoFiltered: MacroShape = { variables: 2, args: 4 };

const macros: ReadonlyMap<string, readonly MacroShape[]> = new Map([
  ['all', over(one, two)],
  ['exists', over(one, two)],
  ['exists_one', over(one)],
  ['existsOne', over(one, two)],
  ['filter', over(one)],
  ['map', over(one, { variables: 1, args: 3 })],
  ['sortBy', over(one)],
  ['transformList', over(two, twoFiltered)],
  ['transformMap', over(two, twoFiltered)],
  ['transformMapEntry', over(two, twoFiltered)],
]);

/** Which macros there are besides the usual ones. */
export interface MacroOptions {
  /** `cel.bind`. Upstream: github.com/google/cel-go/ext/bindings.go */
  readonly bindings?: boolean;
}

/** The macro that a call stands for, or the call itself. */
export function expandMacro(call: Call, issues: CelIssue[], { bindings = false }: MacroOptions = {}): Expr {
  const { name, target, args, at } = call;
  if (bindings && name === 'bind' && target?.kind === 'ident' && target.name === 'cel') return expandBind(call, issues);
  if (!target) return name === 'has' && args.length === 1 ? expandHas(call, issues) : call;
  if (name === 'optMap' || name === 'optFlatMap') {
    const [variable, body] = args;
    if (args.length !== 2 || !variable || !body) return call;
    const named = nameOf(variable, issues);
    return { kind: 'optionalMap', target, variable: named, body, flat: name === 'optFlatMap', at };
  }
  const shape = macros.get(name)?.find((candidate) => candidate.args === args.length);
  const body = args.at(-1);
  if (!shape || !body) return call;
  const variables = args.slice(0, shape.variables).map((argument) => nameOf(argument, issues));
  const filter = args.length - shape.variables === 2 ? args[shape.variables] : undefined;
  return { kind: 'comprehension', macro: name, range: target, variables, filter, body, at };
}

function expandBind(call: Call, issues: CelIssue[]): Expr {
  const [variable, value, body] = call.args;
  if (call.args.length !== 3 || !variable || !value || !body) return call;
  if (variable.kind === 'ident') return { kind: 'bind', variable: variable.name, value, body, at: call.at };
  issues.push({ offset: variable.at, message: 'cel.bind() variable names must be simple identifiers' });
  return call;
}

function expandHas(call: Call, issues: CelIssue[]): Expr {
  const [argument] = call.args;
  if (argument?.kind === 'select' && !argument.optional) {
    return { kind: 'has', operand: argument.operand, field: argument.field, at: call.at };
  }
  issues.push({ offset: argument?.at ?? call.at, message: 'invalid argument to has() macro' });
  return call;
}

function nameOf(argument: Expr, issues: CelIssue[]): string {
  if (argument.kind === 'ident') return argument.name;
  issues.push({ offset: argument.at, message: 'argument must be a simple name' });
  return '';
}
