import { volumeAttachments } from '../../../../api/resources.ts';
import { volumeAttachmentColumns } from '../tables/cluster.ts';
import { defineResource } from '../resource-definition.ts';

export const volumeAttachmentsDefinition = defineResource(volumeAttachments, {
  columns: volumeAttachmentColumns,
  strategy: { generation: 'none', returnsDeletedObject: true },
  status: {},
});
