/** Conditions that the API server sets itself, controllers or not. */
import type * as flowcontrolv1 from '../../../api/flowcontrol/v1.ts';
import type { ServerAccess } from '../server-access.ts';
import { applyOwnStatus } from './apply-status.ts';

const flowGroup = 'flowcontrol.apiserver.k8s.io';
type Access = Pick<ServerAccess, 'resources' | 'services' | 'sim'>;

/** Says of every flow schema whether its priority level exists. Upstream: util/flowcontrol/apf_controller.go (v1.36) */
export function applyFlowSchemaConditions(server: Access, only?: string): void {
  const { objects, now } = { objects: server.resources, now: server.services.now() };
  for (const { metadata, spec, status } of objects.list<flowcontrolv1.FlowSchema>(flowGroup, 'flowschemas')) {
    const name = metadata.name ?? '';
    if (only !== undefined && only !== name) continue;
    const level = spec?.priorityLevelConfiguration.name ?? '';
    const exists = objects.get(flowGroup, 'prioritylevelconfigurations', '', level) !== undefined;
    const present = status?.conditions?.find(({ type }) => type === 'Dangling');
    if (present?.status === (exists ? 'False' : 'True')) continue;
    const object = `This FlowSchema references the PriorityLevelConfiguration object named ${JSON.stringify(level)}`;
    const condition = {
      type: 'Dangling',
      status: exists ? 'False' : 'True',
      lastTransitionTime: now,
      reason: exists ? 'Found' : 'NotFound',
      message: exists ? `${object} and it exists` : `${object} but there is no such object`,
    };
    const manager = 'api-priority-and-fairness-config-consumer-v1';
    const conditions = [...(status?.conditions ?? []).filter(({ type }) => type !== 'Dangling'), condition];
    applyOwnStatus(
      server,
      { group: flowGroup, resource: 'flowschemas', name, manager, operation: 'Apply' },
      { conditions },
    );
  }
}

/** The default range of Services is ready. Upstream: controlplane/controller/defaultservicecidr (v1.36) */
export function applyServiceCIDRCondition(server: Access): void {
  const message = 'Kubernetes default Service CIDR is ready';
  const stated = { type: 'Ready', status: 'True', lastTransitionTime: server.services.now(), message };
  const manager = 'kubernetes-service-cidr-controller';
  const target = {
    group: 'networking.k8s.io',
    resource: 'servicecidrs',
    name: 'kubernetes',
    manager,
    operation: 'Apply' as const,
    applied: { conditions: [stated] },
  };
  applyOwnStatus(server, target, { conditions: [{ ...stated, reason: '' }] });
}
