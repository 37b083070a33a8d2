import { errorText } from '../../apimachinery/error-text.ts';
import { JsonPath } from '../../apimachinery/jsonpath.ts';

/** A JSONPath template of the command line. */
export class JsonPathTemplate {
  readonly #path: JsonPath;
  readonly #asJson: boolean;

  /** @throws Error when it cannot be read */
  constructor(source: string, options: { readonly allowMissingKeys: boolean; readonly asJson?: boolean }) {
    this.#path = new JsonPath(source, { allowMissingKeys: options.allowMissingKeys });
    this.#asJson = options.asJson === true;
  }

  /** The text, up to the error if there is one. */
  execute(object: unknown): { readonly text: string; readonly error?: string } {
    try {
      return { text: this.#asJson ? this.#path.executeAsJson(object) : this.#path.execute(object) };
    } catch (error) {
      return { text: '', error: errorText(error) };
    }
  }

  /** The values of each expression. @throws Error */
  findResults(object: unknown): readonly (readonly unknown[])[] {
    return this.#path.findResults(object);
  }
}
