import { errorText } from '../../../apimachinery/error-text.ts';
import { compareStrings, formatValue } from '../../../apimachinery/go-format.ts';
import { isJsonObject } from '../../../apimachinery/json-value.ts';
import { argumentCounts, FunctionError, isTrue, templateFunctions } from './functions.ts';
import type { CommandNode, Operand, Pipe, TemplateNode } from './nodes.ts';
import { parseTemplate, type TemplateSet } from './parser.ts';

class ExecutionError extends Error {}
class LoopSignal {
  readonly kind: 'break' | 'continue';
  constructor(kind: 'break' | 'continue') {
    this.kind = kind;
  }
}

interface Frame {
  readonly name: string;
  value: unknown;
}

/**
 * A Go template over JSON values: what `-o go-template` runs.
 *
 * Upstream: text/template; kubectl adds `exists` and `base64decode`
 */
export class GoTemplate {
  readonly #name: string;
  readonly #source: string;
  readonly #templates: TemplateSet;

  private constructor(name: string, source: string, templates: TemplateSet) {
    this.#name = name;
    this.#source = source;
    this.#templates = templates;
  }

  /** @throws Error `template: name:1: …` */
  static parse(name: string, source: string): GoTemplate {
    try {
      return new GoTemplate(name, source, parseTemplate(name, source, new Set(templateFunctions.keys())));
    } catch (error) {
      throw new Error(`template: ${errorText(error)}`);
    }
  }

  /** Gives what was printed, up to the error if there is one. */
  execute(
    data: unknown,
    options: { readonly missingKeyIsError?: boolean } = {},
  ): { readonly text: string; readonly error?: string } {
    const run = new Execution(this.#name, this.#source, this.#templates, options.missingKeyIsError === true);
    try {
      run.main(data);
      return { text: run.text };
    } catch (error) {
      if (error instanceof ExecutionError) return { text: run.text, error: error.message };
      throw error;
    }
  }
}

class Execution {
  text = '';
  readonly #name: string;
  readonly #source: string;
  readonly #templates: TemplateSet;
  readonly #strict: boolean;
  #frames: Frame[] = [];
  #depth = 0;

  constructor(name: string, source: string, templates: TemplateSet, strict: boolean) {
    this.#name = name;
    this.#source = source;
    this.#templates = templates;
    this.#strict = strict;
  }

  main(data: unknown): void {
    this.#frames = [{ name: '$', value: data }];
    this.#walk(this.#templates.get(this.#name) ?? [], data);
  }

  #fail(at: number, source: string, message: string): never {
    const before = this.#source.slice(0, at);
    const line = before.split('\n').length;
    const column = new TextEncoder().encode(before.slice(before.lastIndexOf('\n') + 1)).length;
    throw new ExecutionError(
      `template: ${this.#name}:${line}:${column}: executing ${JSON.stringify(this.#name)} at <${source}>: ${message}`,
    );
  }

  #walk(nodes: readonly TemplateNode[], dot: unknown): void {
    for (const node of nodes) this.#visit(node, dot);
  }

  #visit(node: TemplateNode, dot: unknown): void {
    switch (node.kind) {
      case 'text':
        this.text += node.text;
        return;
      case 'action': {
        const value = this.#pipe(node.pipe, dot);
        if (node.pipe.declares.length === 0) this.text += printed(value);
        return;
      }
      case 'template':
        return this.#call(node, dot);
      case 'break':
      case 'continue':
        throw new LoopSignal(node.kind);
      default:
        return this.#control(node, dot);
    }
  }

  #call(node: TemplateNode & { kind: 'template' }, dot: unknown): void {
    const nodes = this.#templates.get(node.name);
    if (nodes === undefined)
      this.#fail(node.at, `template ${JSON.stringify(node.name)}`, `template ${JSON.stringify(node.name)} not defined`);
    if (++this.#depth > 1000)
      this.#fail(node.at, `template ${JSON.stringify(node.name)}`, 'exceeded maximum template depth (100000)');
    const value = node.pipe === undefined ? undefined : this.#pipe(node.pipe, dot);
    const frames = this.#frames;
    this.#frames = [{ name: '$', value }];
    this.#walk(nodes ?? [], value);
    this.#frames = frames;
    this.#depth--;
  }

  #control(node: TemplateNode & { kind: 'if' | 'with' | 'range' }, dot: unknown): void {
    const mark = this.#frames.length;
    if (node.kind === 'range') this.#range(node, dot);
    else {
      const value = this.#pipe(node.pipe, dot);
      if (isTrue(value)) this.#walk(node.body, node.kind === 'with' ? value : dot);
      else this.#walk(node.otherwise, dot);
    }
    this.#frames.length = mark;
  }

  #range(node: TemplateNode & { kind: 'range' | 'if' | 'with' }, dot: unknown): void {
    const value = this.#pipe({ ...node.pipe, declares: [] }, dot);
    const entries = this.#entriesOf(value, node.pipe);
    if (entries.length === 0) return this.#walk(node.otherwise, dot);
    const mark = this.#frames.length;
    for (const [key, item] of entries) {
      const [first, second] = node.pipe.declares;
      if (second !== undefined) {
        this.#set(first ?? '', key, node.pipe.assigns);
        this.#set(second, item, node.pipe.assigns);
      } else if (first !== undefined) this.#set(first, item, node.pipe.assigns);
      try {
        this.#walk(node.body, item);
      } catch (signal) {
        if (!(signal instanceof LoopSignal)) throw signal;
        if (signal.kind === 'break') break;
      } finally {
        this.#frames.length = mark;
      }
    }
  }

  #entriesOf(value: unknown, pipe: Pipe): (readonly [unknown, unknown])[] {
    if (value === null || value === undefined) return [];
    if (Array.isArray(value)) return value.map((item, index) => [index, item] as const);
    if (isJsonObject(value)) {
      return Object.keys(value)
        .sort(compareStrings)
        .map((key) => [key, value[key]] as const);
    }
    if (typeof value === 'number' && Number.isInteger(value)) {
      return Array.from({ length: Math.max(0, value) }, (_, index) => [index, index] as const);
    }
    return this.#fail(pipe.at, pipe.source, `range can't iterate over ${formatValue(value)}`);
  }

  #set(name: string, value: unknown, assign: boolean): void {
    const known = assign ? this.#frames.findLast((frame) => frame.name === name) : undefined;
    if (known) known.value = value;
    else this.#frames.push({ name, value });
  }

  #pipe(pipe: Pipe, dot: unknown): unknown {
    let value: unknown;
    pipe.commands.forEach((command, index) => {
      value = this.#command(command, dot, index === 0 ? [] : [value]);
    });
    for (const name of pipe.declares) this.#set(name, value, pipe.assigns);
    return value;
  }

  #command(command: CommandNode, dot: unknown, piped: readonly unknown[]): unknown {
    const [first, ...rest] = command.operands;
    if (first === undefined) return undefined;
    if (first.kind === 'function') return this.#function(first, command, dot, rest, piped);
    if (rest.length > 0 || piped.length > 0) {
      const what =
        first.kind === 'field'
          ? `${first.names.at(-1) ?? ''} is not a method but has arguments`
          : "can't give argument to non-function " + command.source;
      this.#fail(command.at, command.source, what);
    }
    return this.#value(first, dot, command);
  }

  #function(
    operand: Operand & { kind: 'function' },
    command: CommandNode,
    dot: unknown,
    rest: readonly Operand[],
    piped: readonly unknown[],
  ): unknown {
    const { name } = operand;
    const count = rest.length + piped.length;
    const [least, most] = argumentCounts.get(name) ?? [0, 99];
    if (count < least || count > most) {
      const want = most === 99 ? `at least ${least}` : String(least);
      this.#fail(operand.at, name, `wrong number of args for ${name}: want ${want} got ${count}`);
    }
    if (name === 'and' || name === 'or') {
      let value: unknown;
      for (const one of rest) {
        value = this.#value(one, dot, command);
        if (isTrue(value) === (name === 'or')) return value;
      }
      return piped.length > 0 ? piped[0] : value;
    }
    const args = [...rest.map((one) => this.#value(one, dot, command)), ...piped];
    try {
      return templateFunctions.get(name)?.(...args);
    } catch (error) {
      if (!(error instanceof FunctionError)) throw error;
      return this.#fail(operand.at, command.source, `error calling ${name}: ${error.message}`);
    }
  }

  #value(operand: Operand, dot: unknown, command: CommandNode): unknown {
    switch (operand.kind) {
      case 'dot':
        return dot;
      case 'nil':
        return this.#fail(command.at, command.source, 'nil is not a command');
      case 'literal':
        return operand.value;
      case 'field':
        return this.#fields(dot, operand.names, operand.at, `.${operand.names.join('.')}`);
      case 'variable': {
        const value = this.#frames.findLast((frame) => frame.name === operand.name)?.value;
        return this.#fields(value, operand.names, operand.at, [operand.name, ...operand.names].join('.'));
      }
      case 'function':
        return this.#function(operand, { ...command, source: operand.name }, dot, [], []);
      case 'pipe':
        return this.#fields(this.#pipe(operand.pipe, dot), operand.names, operand.at, command.source);
    }
  }

  #fields(value: unknown, names: readonly string[], at: number, source: string): unknown {
    let current = value;
    for (const name of names) {
      if (current === null || current === undefined) {
        if (current === undefined) return this.#missing(name, at, source, undefined);
        this.#fail(at, source, `nil data; no entry for key ${JSON.stringify(name)}`);
      }
      if (!isJsonObject(current)) this.#fail(at, source, `can't evaluate field ${name} in type interface {}`);
      const next: unknown = (current as Record<string, unknown>)[name];
      if (next === undefined) {
        this.#missing(name, at, source, current);
        current = undefined;
      } else current = next;
    }
    return current;
  }

  #missing(name: string, at: number, source: string, holder: unknown): undefined {
    if (this.#strict && holder !== undefined)
      this.#fail(at, source, `map has no entry for key ${JSON.stringify(name)}`);
    return undefined;
  }
}

function printed(value: unknown): string {
  if (value === undefined) return '<no value>';
  return value === null ? '<no value>' : formatValue(value);
}
