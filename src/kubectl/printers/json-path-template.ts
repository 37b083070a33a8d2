export class JsonPathTemplate {
  constructor(_source: string, _options: { readonly allowMissingKeys: boolean; readonly asJson?: boolean }) {}
  execute(_object: unknown): { readonly text: string; readonly error?: string } {
    return { text: '' };
  }
  findResults(_object: unknown): unknown[][] {
    return [];
  }
}
