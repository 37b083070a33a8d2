import type * as storagev1 from '../../../../api/storage/v1.ts';
import { volumeAttachments } from '../../../../api/resources.ts';
import { volumeAttachmentColumns } from '../tables/cluster.ts';
import { defineResource, statusOnly } from '../resource-definition.ts';
import { validateVolumeAttachment } from './validation/storage.ts';

export const volumeAttachmentsDefinition = defineResource(volumeAttachments, {
  columns: volumeAttachmentColumns,
  strategy: {
    allowUnconditionalUpdate: false,
    validate: (object) => validateVolumeAttachment(object),
    validateUpdate: validateVolumeAttachment,
    updateChecks: ['meta', 'own'],
    generation: 'none',
    returnsDeletedObject: true,
  },
  status: statusOnly<storagev1.VolumeAttachment>({
    validateUpdate: validateVolumeAttachment,
    updateChecks: ['meta', 'own'],
  }),
});
