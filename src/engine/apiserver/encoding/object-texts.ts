/**
 * The JSON text of stored objects as clients outside see them, with `metadata.managedFields`: the same for gets, lists and watches.
 * Long ones that are asked for a second time are kept; short ones are made as fast as they are found.
 */
import { jsonText } from '../../../apimachinery/go-json.ts';
import type { KubernetesObject, ManagedFieldsEntry } from '../../../apimachinery/object-meta.ts';
import type { Link, ManagedFieldsTracker } from '../managed-fields/tracker.ts';
import { TextBudget } from './text-budget.ts';

/** Of the texts that a server keeps, in characters; nearly all of them take one byte each. */
const textBudget = 64 * 1024 * 1024;
/** Shorter texts are not kept. */
const minLength = 2000;
/** Names of members that are remembered quoted. */
const maxQuoted = 10_000;

export class ObjectTexts {
  readonly #managedFields: ManagedFieldsTracker;
  readonly #budget = new TextBudget(textBudget);
  readonly #quoted = new Map<string, string>();
  #entries: readonly ManagedFieldsEntry[] = [];
  #entriesText = '';

  constructor(managedFields: ManagedFieldsTracker) {
    this.#managedFields = managedFields;
  }

  /**
   * The object's members in their order and the closing brace.
   *
   * @param shown the stored object, or its form in another version
   * @param isTyped with the kind and version of the API; always the same for a kind
   */
  members(stored: KubernetesObject, shown: KubernetesObject, isTyped: boolean): string {
    const link = this.#managedFields.link(stored);
    if (!link) return this.#write(shown, [], isTyped);
    const kept = link.shown === shown ? link.text : undefined;
    const text = kept ?? this.#write(shown, this.#managedFields.entriesOf(link), isTyped);
    if (text.length >= minLength) this.#keep(link, shown, text);
    return text;
  }

  #keep(link: Link, shown: KubernetesObject, text: string): void {
    if (link.shown === shown) {
      link.text = text;
      this.#budget.use(link);
    } else {
      link.shown = shown;
      link.text = undefined;
    }
  }

  /** How the text of an object begins whose members are without its type. */
  typed({ kind = '', apiVersion = '' }: KubernetesObject): string {
    return `{"kind":${this.#quote(kind)},"apiVersion":${this.#quote(apiVersion)},`;
  }

  #write(shown: KubernetesObject, entries: readonly ManagedFieldsEntry[], isTyped: boolean): string {
    let text = '';
    for (const name in shown) {
      if (!isTyped && (name === 'kind' || name === 'apiVersion')) continue;
      const member = shown[name as keyof KubernetesObject];
      if (member === undefined) continue;
      const value = jsonText(member);
      const separator = text === '' ? '' : ',';
      if (name !== 'metadata' || entries.length === 0) text += `${separator}${this.#quote(name)}:${value}`;
      else text += `${separator}"metadata":${value.slice(0, -1)}${this.#textOf(entries)}`;
    }
    return `${text}}`;
  }

  /** Objects that were written alike share their entries, and often follow each other. */
  #textOf(entries: readonly ManagedFieldsEntry[]): string {
    if (entries !== this.#entries) {
      this.#entries = entries;
      this.#entriesText = `,"managedFields":${JSON.stringify(entries)}}`;
    }
    return this.#entriesText;
  }

  #quote(name: string): string {
    let quoted = this.#quoted.get(name);
    if (quoted === undefined) {
      if (this.#quoted.size >= maxQuoted) this.#quoted.clear();
      this.#quoted.set(name, (quoted = JSON.stringify(name)));
    }
    return quoted;
  }
}
