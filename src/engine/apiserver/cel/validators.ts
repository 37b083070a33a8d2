/** Checks of literals that types do not see. Upstream: github.com/google/cel-go/cel/validator.go, ext/formatting_v2.go */
import type { Call, Expr, ListLiteral } from './ast.ts';
import type { Checked } from './checker.ts';
import { CelError, type CelIssue } from './issues.ts';
import { clauseNeeds, readFormat } from './library/format-string.ts';
import { compilePattern } from './library/regular-expressions.ts';
import { parseCelDuration, parseCelTimestamp } from './library/time.ts';
import { dynType, isDyn, nullType, typeText, type CelType } from './cel-type.ts';

/** Reports literals that cannot work. */
export function validateLiterals(expr: Expr, checked: Checked, issues: CelIssue[]): void {
  visit(expr, false, { checked, issues });
}

interface Run {
  readonly checked: Checked;
  readonly issues: CelIssue[];
}

function visit(expr: Expr, mixedAllowed: boolean, run: Run): void {
  switch (expr.kind) {
    case 'call':
      checkCall(expr, run);
      if (expr.target) visit(expr.target, mixedAllowed, run);
      for (const argument of expr.args) visit(argument, mixedAllowed || expr.name === 'format', run);
      return;
    case 'list':
      if (!mixedAllowed) homogeneous(expr, run);
      for (const { value } of expr.elements) visit(value, mixedAllowed, run);
      return;
    case 'map':
      if (!mixedAllowed) {
        same(
          expr.entries.map(({ key }) => ({ value: key, optional: false })),
          run,
        );
        same(expr.entries, run);
      }
      for (const { key, value } of expr.entries) {
        visit(key, mixedAllowed, run);
        visit(value, mixedAllowed, run);
      }
      return;
    case 'select':
    case 'has':
      return visit(expr.operand, mixedAllowed, run);
    case 'struct':
      for (const { value } of expr.fields) visit(value, mixedAllowed, run);
      return;
    case 'comprehension':
      for (const part of [expr.range, expr.filter, expr.body]) if (part) visit(part, mixedAllowed, run);
      return;
    case 'bind':
      visit(expr.value, mixedAllowed, run);
      return visit(expr.body, mixedAllowed, run);
    case 'optionalMap':
      visit(expr.target, mixedAllowed, run);
      return visit(expr.body, mixedAllowed, run);
    default:
  }
}

const homogeneous = ({ elements }: ListLiteral, run: Run): void => same(elements, run);

/** All parts of a literal are of one type. */
function same(parts: readonly { readonly value: Expr; readonly optional: boolean }[], { checked, issues }: Run): void {
  let wanted: CelType | undefined;
  for (const { value: part, optional } of parts) {
    const given = checked.types.get(part) ?? dynType;
    const type = optional && given.kind === 'optional' ? given.of : given;
    wanted ??= type;
    if (typeText(type) === typeText(wanted)) continue;
    issues.push({ offset: part.at, message: `expected type '${typeText(wanted)}' but found '${typeText(type)}'` });
    return;
  }
}

function checkCall(call: Call, run: Run): void {
  const { issues } = run;
  const { name, target, args } = call;
  if (name === 'format' && target) return checkFormat(call, run);
  const argument = name === 'matches' ? args.at(-1) : args[0];
  if (argument?.kind !== 'literal' || (target !== undefined) !== (name === 'matches')) return;
  const { value } = argument;
  const valid = typeof value === 'string' ? (literalChecks[name]?.(value) ?? true) : name !== 'duration';
  if (!valid) issues.push({ offset: argument.at, message: `invalid ${name} argument` });
}

const literalChecks: Readonly<Record<string, (text: string) => boolean>> = {
  duration: (text) => parseCelDuration(text) !== undefined,
  timestamp: (text) => parseCelTimestamp(text) !== undefined,
  matches: (text) => typeof compilePattern(text) !== 'string',
};

function checkFormat({ target, args, at }: Call, { checked, issues }: Run): void {
  const [list] = args;
  if (target?.kind !== 'literal' || typeof target.value !== 'string' || list?.kind !== 'list') return;
  try {
    const clauses = readFormat(target.value).filter((part) => typeof part !== 'string');
    if (clauses.length > list.elements.length) {
      issues.push({ offset: at, message: `index ${list.elements.length} out of range` });
      return;
    }
    for (const [i, { verb }] of clauses.entries()) {
      const element = list.elements[i]?.value;
      const wrong = element && unfit(verb, element, checked);
      if (!wrong) continue;
      const message = `error during formatting: ${clauseNeeds[verb] ?? ''}, was given ${shortName(wrong)}`;
      issues.push({ offset: element.at, message });
      return;
    }
    if (clauses.length < list.elements.length) {
      const counts = `(expected ${clauses.length}, got ${list.elements.length})`;
      issues.push({ offset: at, message: `too many arguments supplied to string.format ${counts}` });
    }
  } catch (error) {
    if (!(error instanceof CelError)) throw error;
    issues.push({ offset: at, message: error.message });
  }
}

const fitting: Readonly<Record<string, readonly string[]>> = {
  d: ['int', 'uint'],
  f: ['double'],
  e: ['double'],
  b: ['int', 'uint', 'bool'],
  o: ['int', 'uint'],
  x: ['int', 'uint', 'string', 'bytes'],
  X: ['int', 'uint', 'string', 'bytes'],
};
const printable: ReadonlySet<string> = new Set(
  'int uint double bool string bytes null google.protobuf.Timestamp google.protobuf.Duration timestamp duration'.split(
    ' ',
  ),
);

/** The type that a clause does not take, of an argument or of a part of it. */
function unfit(verb: string, expr: Expr, checked: Checked): CelType | undefined {
  const type = checked.types.get(expr) ?? dynType;
  if (isDyn(type)) return undefined;
  const allowed = fitting[verb];
  if (allowed) return allowed.includes(typeText(type)) ? undefined : type;
  if (type.kind === 'list' || type.kind === 'map') {
    for (const part of partsOf(expr)) {
      const wrong = unfit(verb, part, checked);
      if (wrong) return wrong;
    }
    return undefined;
  }
  return type.kind === 'type' || printable.has(typeText(type)) ? undefined : type;
}

function partsOf(expr: Expr): readonly Expr[] {
  if (expr.kind === 'list') return expr.elements.map(({ value }) => value);
  return expr.kind === 'map' ? expr.entries.flatMap(({ key, value }) => [key, value]) : [];
}

/** A type without its parameters. */
function shortName(type: CelType): string {
  if (type === nullType) return 'null_type';
  return typeText(type).replace(/\(.*$/s, '');
}
