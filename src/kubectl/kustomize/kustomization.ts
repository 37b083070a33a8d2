import { errorText } from '../../apimachinery/error-text.ts';
import { isJsonObject, type JsonObject } from '../../apimachinery/json-value.ts';
import { parseYaml } from '../../apimachinery/yaml.ts';
import type { ProgramContext } from '../../shell/context.ts';
import { KubectlError } from '../errors.ts';
import { pathKind, readFileText } from '../files.ts';

export interface PatchEntry {
  readonly path?: string;
  readonly patch?: string;
  readonly target?: Selector;
}
export interface Selector {
  readonly group?: string;
  readonly version?: string;
  readonly kind?: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly annotationSelector?: string;
}
export interface GeneratorOptions {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly disableNameSuffixHash?: boolean;
  readonly immutable?: boolean;
}
export interface Generator {
  readonly name: string;
  readonly namespace?: string;
  readonly behavior?: 'create' | 'merge' | 'replace';
  readonly literals?: readonly string[];
  readonly files?: readonly string[];
  readonly envs?: readonly string[];
  readonly env?: string;
  readonly type?: string;
  readonly options?: GeneratorOptions;
}
export interface LabelEntry {
  readonly pairs: Readonly<Record<string, string>>;
  readonly includeSelectors?: boolean;
  readonly includeTemplates?: boolean;
}
export interface Image {
  readonly name: string;
  readonly newName?: string;
  readonly newTag?: string;
  readonly tagSuffix?: string;
  readonly digest?: string;
}
export interface FieldOptions {
  readonly delimiter?: string;
  readonly index?: number;
  readonly create?: boolean;
}
export interface Replacement {
  readonly path?: string;
  readonly source?: Selector & { readonly fieldPath?: string; readonly options?: FieldOptions };
  readonly targets?: readonly {
    readonly select?: Selector;
    readonly reject?: readonly Selector[];
    readonly fieldPaths?: readonly string[];
    readonly options?: FieldOptions;
  }[];
}

/** What a kustomization.yaml may say; the rest of upstream's fields are known and not acted upon. */
export interface Kustomization {
  readonly kind?: string;
  readonly namePrefix?: string;
  readonly nameSuffix?: string;
  readonly namespace?: string;
  readonly commonLabels?: Readonly<Record<string, string>>;
  readonly labels?: readonly LabelEntry[];
  readonly commonAnnotations?: Readonly<Record<string, string>>;
  readonly patchesStrategicMerge?: readonly string[];
  readonly patchesJson6902?: readonly PatchEntry[];
  readonly patches?: readonly PatchEntry[];
  readonly images?: readonly Image[];
  readonly replacements?: readonly Replacement[];
  readonly replicas?: readonly { readonly name: string; readonly count: number }[];
  readonly resources?: readonly string[];
  readonly bases?: readonly string[];
  readonly components?: readonly string[];
  readonly configMapGenerator?: readonly Generator[];
  readonly secretGenerator?: readonly Generator[];
  readonly generatorOptions?: GeneratorOptions;
}

const fields = new Set(
  `apiVersion kind metadata openapi namePrefix nameSuffix namespace commonLabels labels commonAnnotations patchesStrategicMerge
  patchesJson6902 patches images imageTags replacements replicas vars sortOptions resources components crds bases configMapGenerator
  secretGenerator helmGlobals helmCharts helmChartInflationGenerator generatorOptions configurations generators transformers
  validators buildMetadata`.split(/\s+/),
);
const unsupported = ['helmCharts', 'helmChartInflationGenerator', 'generators', 'transformers', 'validators'];
const fileNames = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

const deprecated: readonly (readonly [field: string, instead: string, experimental: string])[] = [
  ['bases', 'resources', ''],
  ['commonLabels', 'labels', ''],
  ['imageTags', 'images', ''],
  ['patchesJson6902', 'patches', ''],
  ['patchesStrategicMerge', 'patches', ''],
  ['vars', 'replacements', '[EXPERIMENTAL] '],
];

/** Reads the file of a directory. @throws KubectlError when there is none or it says what nobody knows */
export function readKustomization(
  context: ProgramContext,
  directory: string,
): { readonly kustomization: Kustomization; readonly warnings: readonly string[] } {
  const file = fileNames.map((name) => `${directory}/${name}`).find((path) => pathKind(context, path) === 'file');
  if (file === undefined) {
    throw new KubectlError(
      `unable to find one of 'kustomization.yaml', 'kustomization.yml' or 'Kustomization' in directory '${directory}'`,
    );
  }
  let value: unknown;
  try {
    value = parseYaml(readFileText(context, file));
  } catch (error) {
    throw new KubectlError(`invalid Kustomization: ${errorText(error)}`);
  }
  const object: JsonObject = isJsonObject(value) ? value : {};
  const unknown = Object.keys(object).find((field) => !fields.has(field));
  if (unknown !== undefined)
    throw new KubectlError(`invalid Kustomization: json: unknown field ${JSON.stringify(unknown)}`);
  const refused = unsupported.find((field) => object[field] !== undefined);
  if (refused !== undefined)
    throw new KubectlError(`kustomization field ${JSON.stringify(refused)} is not supported here`);
  const warnings = deprecated
    .filter(([field]) => object[field] !== undefined)
    .map(
      ([field, instead, experimental]) =>
        `# Warning: '${field}' is deprecated. Please use '${instead}' instead. ${experimental}Run 'kustomize edit fix' to update your Kustomization automatically.\n`,
    );
  return { kustomization: object as Kustomization, warnings };
}
