/** Checks of literals that types do not see. Upstream: github.com/google/cel-go/cel/validator.go, ext/formatting_v2.go */
import type { Call, Expr, ListLiteral } from './ast.ts';
import type { Checked } from './checker.ts';
import { CelError, type CelIssue } from './issues.ts';
import { formatString, readFormat } from './library/format-string.ts';
import { compilePattern } from './library/regular-expressions.ts';
import { parseCelDuration, parseCelTimestamp } from './library/time.ts';
import { dynType, isDyn, Substitution, typeText, type CelType } from './cel-type.ts';
import type { CelValue } from './values.ts';

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
      if (expr.target) visit(expr.target, false, run);
      for (const argument of expr.args) visit(argument, expr.name === 'format', run);
      return;
    case 'list':
      if (!mixedAllowed) homogeneous(expr, run);
      for (const { value } of expr.elements) visit(value, mixedAllowed, run);
      return;
    case 'map':
      if (!mixedAllowed) {
        same(
          expr.entries.map(({ key }) => key),
          run,
        );
        same(
          expr.entries.map(({ value }) => value),
          run,
        );
      }
      for (const { key, value } of expr.entries) {
        visit(key, mixedAllowed, run);
        visit(value, mixedAllowed, run);
      }
      return;
    case 'select':
    case 'has':
      return visit(expr.operand, false, run);
    case 'struct':
      for (const { value } of expr.fields) visit(value, false, run);
      return;
    case 'comprehension':
      for (const part of [expr.range, expr.filter, expr.body]) if (part) visit(part, false, run);
      return;
    case 'bind':
      visit(expr.value, false, run);
      return visit(expr.body, false, run);
    case 'optionalMap':
      visit(expr.target, false, run);
      return visit(expr.body, false, run);
    default:
  }
}

const homogeneous = ({ elements }: ListLiteral, run: Run): void =>
  same(
    elements.map(({ value }) => value),
    run,
  );

/** All parts of a literal are of one type. */
function same(parts: readonly Expr[], { checked, issues }: Run): void {
  let wanted: CelType | undefined;
  for (const part of parts) {
    const type = checked.types.get(part) ?? dynType;
    if (isDyn(type)) continue;
    wanted ??= type;
    if (new Substitution().fits(type, wanted)) continue;
    issues.push({ offset: part.at, message: `expected type '${typeText(wanted)}' but found '${typeText(type)}'` });
    return;
  }
}

function checkCall(call: Call, { issues }: Run): void {
  const { name, target, args } = call;
  if (name === 'format' && target) return checkFormat(call, issues);
  const argument = name === 'matches' ? args.at(-1) : args[0];
  if (argument?.kind !== 'literal' || typeof argument.value !== 'string' || (target && name !== 'matches')) return;
  const valid = literalChecks[name]?.(argument.value) ?? true;
  if (!valid) issues.push({ offset: argument.at, message: `invalid ${name} argument` });
}

const literalChecks: Readonly<Record<string, (text: string) => boolean>> = {
  duration: (text) => parseCelDuration(text) !== undefined,
  timestamp: (text) => parseCelTimestamp(text) !== undefined,
  matches: (text) => typeof compilePattern(text) !== 'string',
};

function checkFormat({ target, args, at }: Call, issues: CelIssue[]): void {
  const [list] = args;
  if (target?.kind !== 'literal' || typeof target.value !== 'string' || list?.kind !== 'list') return;
  try {
    const clauses = readFormat(target.value).filter((part) => typeof part !== 'string');
    if (clauses.length > list.elements.length) {
      issues.push({ offset: at, message: `index ${list.elements.length} out of range` });
      return;
    }
    clauses.forEach((clause, i) => {
      const element = list.elements[i]?.value;
      if (element?.kind === 'literal') checkClause(clause.verb, element.value, element.at, issues);
    });
  } catch (error) {
    if (!(error instanceof CelError)) throw error;
    issues.push({ offset: at, message: error.message });
  }
}

function checkClause(verb: string, value: CelValue, offset: number, issues: CelIssue[]): void {
  try {
    formatString(`%${verb}`, [value]);
  } catch (error) {
    if (!(error instanceof CelError)) throw error;
    issues.push({ offset, message: error.message });
  }
}
