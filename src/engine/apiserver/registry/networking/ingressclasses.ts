import { ingressClasses } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';

export const ingressClassesDefinition = defineResource(ingressClasses);
