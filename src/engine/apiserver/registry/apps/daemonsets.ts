import type * as appsv1 from '../../../../api/apps/v1.ts';
import { daemonSets } from '../../../../api/resources.ts';
import { schemaOfDefinition } from '../../../../api/schema.ts';
import { deepEqual } from '../../../../apimachinery/deep-equal.ts';
import { asStored } from '../../codec/empties.ts';
import { daemonSetColumns } from '../tables/workloads.ts';
import type { Draft } from '../draft.ts';
import { defineResource } from '../resource-definition.ts';
import { validateDaemonSet, validateDaemonSetStatusUpdate } from './validation/daemon-set.ts';
import { templateWarnings } from './validation/workload-template.ts';

const templateGeneration = 'deprecated.daemonset.template.generation';

/** Counts changes of the template in an annotation, for clients of versions long gone. */
function setTemplateGeneration(metadata: { annotations?: Record<string, string> }, generation: number): void {
  metadata.annotations = { ...metadata.annotations, [templateGeneration]: String(generation) };
}

const schema = schemaOfDefinition('apps/v1.DaemonSet');

/** An empty list or map in the template is no change. */
function templateChanged(draft: Draft<appsv1.DaemonSet>, old: appsv1.DaemonSet): boolean {
  const stored = (schema && asStored(schema, draft)) ?? draft;
  return !deepEqual(stored.spec?.template, old.spec?.template);
}

export const daemonSetsDefinition = defineResource(daemonSets, {
  columns: daemonSetColumns,
  shortNames: ['ds'],
  categories: ['all'],
  conversionAnnotations: [templateGeneration],
  strategy: {
    defaults(draft) {
      const spec = (draft.spec ??= {} as NonNullable<typeof draft.spec>);
      spec.updateStrategy ??= {};
      spec.updateStrategy.type ||= 'RollingUpdate';
      if (spec.updateStrategy.type === 'RollingUpdate') {
        spec.updateStrategy.rollingUpdate ??= {};
        spec.updateStrategy.rollingUpdate.maxUnavailable ??= 1;
        spec.updateStrategy.rollingUpdate.maxSurge ??= 0;
      }
      spec.revisionHistoryLimit ??= 10;
      // Who writes a daemon set is taken to write the annotation.
      if (draft.metadata.annotations?.[templateGeneration] === undefined) setTemplateGeneration(draft.metadata, 0);
    },
    validate: (object) => validateDaemonSet(object),
    validateUpdate: validateDaemonSet,
    warnings: (object, old) =>
      old && deepEqual(object.spec?.template, old.spec?.template) ? [] : templateWarnings(object, old),
    prepareForCreate(draft) {
      setTemplateGeneration(draft.metadata, 1);
    },
    prepareForUpdate(draft, old) {
      const before = Number(old.metadata.annotations?.[templateGeneration] ?? 0);
      setTemplateGeneration(draft.metadata, templateChanged(draft, old) ? before + 1 : before);
    },
  },
  status: {
    prepareForUpdate(draft, old) {
      setTemplateGeneration(draft.metadata, Number(old.metadata.annotations?.[templateGeneration] ?? 0));
    },
    validateUpdate: validateDaemonSetStatusUpdate,
  },
});
