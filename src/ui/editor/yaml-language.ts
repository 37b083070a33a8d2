import { configureMonacoYaml, type MonacoYaml } from 'monaco-yaml';
import type { FieldDescriptions } from '../../api/field-descriptions.ts';
import { buildSchema, type CustomKind } from './kubernetes-schema.ts';
import type { Monaco } from './monaco.ts';

type WorkerOptions = Parameters<Monaco['editor']['createWebWorker']>[0] & { readonly createData?: unknown };

/**
 * Monaco asks for a worker to be handed over; the language package still names a module and sends its settings with it. This gives
 * the package a Monaco that makes the worker and passes the settings on.
 */
function withOldWorkers(monaco: Monaco): Monaco {
  const createWebWorker = (options: WorkerOptions) => {
    const worker = new Worker(new URL('./yaml.worker.ts', import.meta.url), { type: 'module', name: 'yaml' });
    worker.postMessage('start');
    worker.postMessage(options.createData);
    return monaco.editor.createWebWorker({ ...options, worker });
  };
  return { ...monaco, editor: { ...monaco.editor, createWebWorker } } as Monaco;
}

const settings = (descriptions: FieldDescriptions, custom: readonly CustomKind[]) => ({
  enableSchemaRequest: false,
  isKubernetes: true,
  yamlVersion: '1.1' as const,
  hover: true,
  completion: true,
  validate: true,
  format: { enable: true, singleQuote: false },
  schemas: [
    {
      uri: 'tabernetes://kubernetes/schema.json',
      fileMatch: ['*'],
      schema: buildSchema(descriptions, custom) as never,
    },
  ],
});

/** Completion, hover and problems for every kind, from the facts of the API and the texts of the published client. */
export class YamlLanguage {
  readonly #service: MonacoYaml;
  readonly #descriptions: FieldDescriptions;

  private constructor(service: MonacoYaml, descriptions: FieldDescriptions) {
    this.#service = service;
    this.#descriptions = descriptions;
  }

  static async start(monaco: Monaco): Promise<YamlLanguage> {
    const { descriptions } = await import('virtual:field-descriptions');
    return new YamlLanguage(configureMonacoYaml(withOldWorkers(monaco), settings(descriptions, [])), descriptions);
  }

  /** Takes the kinds of CustomResourceDefinitions. */
  async setCustomKinds(custom: readonly CustomKind[]): Promise<void> {
    await this.#service.update(settings(this.#descriptions, custom));
  }
}
