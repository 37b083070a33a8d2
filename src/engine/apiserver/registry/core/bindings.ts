import type * as corev1 from '../../../../api/core/v1.ts';
import { bindings } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';
import { bindPod } from './pod-binding.ts';

/** The older way to bind a pod: the binding names it itself. */
export const bindingsDefinition = defineResource(bindings, {
  verbs: ['create'],
  createOnly(request) {
    const name = request.body<corev1.Binding>().metadata.name ?? '';
    const store = request.services.stores.store('', 'pods') ?? request.store;
    return bindPod({ ...request, name, store });
  },
});
