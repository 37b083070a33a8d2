import { volumeAttachments } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';

export const volumeAttachmentsDefinition = defineResource(volumeAttachments, {
  strategy: { generation: 'none', returnsDeletedObject: true },
  status: {},
});
