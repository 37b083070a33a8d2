import {
  CirclePause,
  Eraser,
  FileText,
  History,
  MonitorX,
  Pencil,
  Power,
  RotateCw,
  Scaling,
  SquareTerminal,
  Trash2,
  Unplug,
  Zap,
} from 'lucide-react';
import { groupResource } from '../../apimachinery/resource-ref.ts';
import type { ControlCommand } from '../../protocol/control.ts';
import type { ObjectView } from '../stores/object-view.ts';
import { notify } from '../stores/notice-store.ts';
import type { Session } from '../stores/session.ts';
import { select } from '../stores/view-store.ts';
import type { MenuAction } from '../widgets/menu.tsx';
import { commandLine } from './command-line.ts';
import { runKubectl } from './run-kubectl.ts';

/** `deployment/web`, with the group where the bare word would be ambiguous. */
export function argumentOf(view: ObjectView): string {
  const { ref } = view.look;
  const plain = ref.group === '' || view.look.order < 100;
  return `${plain ? ref.kind.toLowerCase() : groupResource(ref)}/${view.name}`;
}

const inNamespace = (view: ObjectView): readonly string[] => (view.namespace === '' ? [] : ['-n', view.namespace]);

/** What can be done to an object, each action with the command that it runs. */
export function actionsFor(view: ObjectView, session: Session): readonly (MenuAction | undefined)[] {
  const make = (label: string, icon: MenuAction['icon'], args: readonly string[], tone?: 'danger'): MenuAction => ({
    label,
    command: commandLine(['kubectl', ...args]),
    run: () => void runKubectl(session, args),
    ...(icon ? { icon } : {}),
    ...(tone ? { tone } : {}),
  });
  const target = argumentOf(view);
  const space = inNamespace(view);
  return [
    ...specific(view, session, make),
    {
      label: 'Edit',
      icon: Pencil,
      command: commandLine(['kubectl', 'edit', target, ...space]),
      run: () => select(session.view, view.uid, 'yaml'),
    },
    {
      label: 'Delete…',
      icon: Trash2,
      tone: 'danger',
      command: commandLine(['kubectl', 'delete', target, ...space]),
      run: () => session.view.setState({ dialog: { kind: 'delete', uid: view.uid } }),
    },
  ];
}

type Make = (label: string, icon: MenuAction['icon'], args: readonly string[], tone?: 'danger') => MenuAction;

function specific(view: ObjectView, session: Session, make: Make): readonly (MenuAction | undefined)[] {
  const target = argumentOf(view);
  const space = inNamespace(view);
  switch (view.kind) {
    case 'Pod':
      return [
        {
          label: 'Logs',
          icon: FileText,
          command: commandLine(['kubectl', 'logs', view.name, ...space]),
          run: () => select(session.view, view.uid, 'logs'),
        },
        {
          label: 'Shell',
          icon: SquareTerminal,
          command: commandLine(['kubectl', 'exec', '-it', view.name, ...space, '--', 'sh']),
          run: () => select(session.view, view.uid, 'shell'),
        },
        undefined,
      ];
    case 'Deployment':
    case 'StatefulSet':
      return [
        scaleAction(view, session),
        make('Restart', RotateCw, ['rollout', 'restart', target, ...space]),
        make('Undo the last rollout', History, ['rollout', 'undo', target, ...space]),
        undefined,
      ];
    case 'DaemonSet':
      return [make('Restart', RotateCw, ['rollout', 'restart', target, ...space]), undefined];
    case 'ReplicaSet':
    case 'ReplicationController':
      return [scaleAction(view, session), undefined];
    case 'Node':
      return nodeActions(view, session, make);
    default:
      return [];
  }
}

const scaleAction = (view: ObjectView, session: Session): MenuAction => ({
  label: 'Scale…',
  icon: Scaling,
  command: commandLine(['kubectl', 'scale', argumentOf(view), '--replicas=…', ...inNamespace(view)]),
  run: () => session.view.setState({ dialog: { kind: 'scale', uid: view.uid } }),
});

function nodeActions(view: ObjectView, session: Session, make: Make): readonly (MenuAction | undefined)[] {
  const { name } = view;
  const fault = (
    label: string,
    icon: MenuAction['icon'],
    kind: Extract<ControlCommand, { op: 'fault' }>['fault'],
    tone?: 'danger',
  ): MenuAction => ({
    label,
    run: () => control(session, { op: 'fault', node: name, fault: kind }, `${label}: ${name}`),
    ...(icon ? { icon } : {}),
    ...(tone ? { tone } : {}),
  });
  return [
    view.facets.unschedulable
      ? make('Uncordon', CirclePause, ['uncordon', name])
      : make('Cordon', CirclePause, ['cordon', name]),
    make('Drain', Eraser, ['drain', name, '--ignore-daemonsets', '--delete-emptydir-data', '--force']),
    undefined,
    fault('Switch off the machine', Power, 'power-off', 'danger'),
    fault('Switch on the machine', Zap, 'power-on'),
    fault('Cut its network', Unplug, 'network-cut', 'danger'),
    fault('Mend its network', Unplug, 'network-heal'),
    {
      label: 'Remove the machine',
      icon: MonitorX,
      tone: 'danger',
      run: () => control(session, { op: 'removeNode', name }, `Remove the machine: ${name}`),
    },
    undefined,
  ];
}

/** Sends what no real cluster offers; says so when it is refused. */
export function control(session: Session, command: ControlCommand, title: string): void {
  session.control.send(command).then(
    () => notify(session.notices, { level: 'info', title, brief: true }),
    (error: unknown) => session.problem(title, error),
  );
}
