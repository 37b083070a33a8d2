import { type FormEvent, type ReactNode, useState } from 'react';
import { useCluster, useSession, useView } from '../stores/session-context.ts';
import type { ObjectView } from '../stores/object-view.ts';
import { Button } from '../widgets/buttons.tsx';
import { Modal } from '../widgets/dialog.tsx';
import widgets from '../widgets/widgets.module.css';
import { commandLine } from './command-line.ts';
import { argumentOf, control } from './object-actions.ts';
import { runKubectl } from './run-kubectl.ts';

/** Questions that are asked before something is done. */
export function ActionDialogs() {
  const { view } = useSession();
  const dialog = useView((state) => state.dialog);
  const uid = dialog && 'uid' in dialog ? dialog.uid : undefined;
  const object = useCluster((state) => (uid === undefined ? undefined : state.byUid.get(uid)));
  const close = () => view.setState({ dialog: undefined });
  if (!dialog) return null;
  switch (dialog.kind) {
    case 'add-node':
      return <AddNode onClose={close} />;
    case 'new-cluster':
      return <NewCluster onClose={close} />;
    case 'scale':
      return object ? <Scale object={object} onClose={close} /> : null;
    case 'delete':
      return object ? <Delete object={object} onClose={close} /> : null;
  }
}

interface FormProps {
  readonly action: string;
  readonly tone?: 'primary' | 'danger';
  readonly command?: string;
  onSubmit(): void;
  onClose(): void;
  readonly children?: ReactNode;
}

function Form({ action, tone = 'primary', command, onSubmit, onClose, children }: FormProps) {
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSubmit();
    onClose();
  };
  return (
    <form onSubmit={submit} style={{ display: 'grid', gap: 12 }}>
      {children}
      {command === undefined ? null : <code style={{ overflowWrap: 'anywhere' }}>$ {command}</code>}
      <div className={widgets.dialogActions}>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" tone={tone} autoFocus={tone === 'danger'}>
          {action}
        </Button>
      </div>
    </form>
  );
}

function Field({
  label,
  value,
  onChange,
  ...rest
}: {
  readonly label: string;
  readonly value: string;
  onChange(value: string): void;
  readonly type?: string;
  readonly min?: number;
  readonly max?: number;
  readonly placeholder?: string;
  readonly autoFocus?: boolean;
}) {
  return (
    <label className={widgets.field}>
      <span>{label}</span>
      <input className={widgets.input} value={value} onChange={(event) => onChange(event.target.value)} {...rest} />
    </label>
  );
}

const inNamespace = (view: ObjectView) => (view.namespace === '' ? [] : ['-n', view.namespace]);

function Scale({ object, onClose }: { readonly object: ObjectView; onClose(): void }) {
  const session = useSession();
  const [replicas, setReplicas] = useState(String(object.facets.count?.desired ?? 1));
  const args = ['scale', argumentOf(object), `--replicas=${replicas}`, ...inNamespace(object)];
  return (
    <Modal open title={`Scale ${object.name}`} onClose={onClose}>
      <Form
        action="Scale"
        command={commandLine(['kubectl', ...args])}
        onSubmit={() => void runKubectl(session, args)}
        onClose={onClose}
      >
        <Field label="Replicas" type="number" min={0} max={5000} value={replicas} onChange={setReplicas} autoFocus />
      </Form>
    </Modal>
  );
}

function Delete({ object, onClose }: { readonly object: ObjectView; onClose(): void }) {
  const session = useSession();
  const args = ['delete', argumentOf(object), ...inNamespace(object)];
  return (
    <Modal
      open
      title={`Delete ${object.kind} ${object.name}?`}
      about="What it owns is deleted with it."
      onClose={onClose}
    >
      <Form
        action="Delete"
        tone="danger"
        command={commandLine(['kubectl', ...args])}
        onSubmit={() => void runKubectl(session, [...args, '--wait=false'])}
        onClose={onClose}
      />
    </Modal>
  );
}

function AddNode({ onClose }: { onClose(): void }) {
  const session = useSession();
  const [name, setName] = useState('');
  const [cpu, setCpu] = useState('4');
  const [memory, setMemory] = useState('8Gi');
  const [zone, setZone] = useState('');
  const add = () => {
    const node = { cpu, memory, ...(name === '' ? {} : { name }), ...(zone === '' ? {} : { zone }) };
    control(session, { op: 'addNode', node }, name === '' ? 'A machine was added' : `The machine ${name} was added`);
  };
  return (
    <Modal
      open
      title="Add a node"
      about="A new machine boots, its kubelet registers the node, and the scheduler may use it."
      onClose={onClose}
    >
      <Form action="Add the node" onSubmit={add} onClose={onClose}>
        <Field label="Name" placeholder="chosen for you" value={name} onChange={setName} autoFocus />
        <Field label="CPU" value={cpu} onChange={setCpu} />
        <Field label="Memory" value={memory} onChange={setMemory} />
        <Field label="Zone" placeholder="none" value={zone} onChange={setZone} />
      </Form>
    </Modal>
  );
}

function NewCluster({ onClose }: { onClose(): void }) {
  const session = useSession();
  const [nodes, setNodes] = useState(String(session.clusterSettings.nodes));
  const [seed, setSeed] = useState(session.clusterSettings.seed);
  const [metricsServer, setMetricsServer] = useState(session.clusterSettings.metricsServer ?? false);
  const [most, setMost] = useState(String(session.clusterSettings.nodePools?.[0]?.max ?? 0));
  const make = () => {
    const max = Math.max(0, Math.min(50, Number(most) || 0));
    void session.restart({
      ...session.clusterSettings,
      nodes: Math.max(0, Math.min(200, Number(nodes) || 0)),
      seed,
      metricsServer,
      nodePools: max > 0 ? [{ name: 'pool', min: 0, max }] : [],
    });
  };
  return (
    <Modal
      open
      title="New cluster"
      about="This cluster and its history are thrown away. Your files stay."
      onClose={onClose}
    >
      <Form action="Start a new cluster" onSubmit={make} onClose={onClose}>
        <Field label="Nodes" type="number" min={0} max={200} value={nodes} onChange={setNodes} autoFocus />
        <Field
          label="Nodes that the cluster autoscaler may add"
          type="number"
          min={0}
          max={50}
          value={most}
          onChange={setMost}
        />
        <label>
          <input type="checkbox" checked={metricsServer} onChange={(event) => setMetricsServer(event.target.checked)} />{' '}
          metrics-server: kubectl top and autoscalers see what pods use
        </label>
        <Field label="Seed: the same seed and the same actions give the same history" value={seed} onChange={setSeed} />
      </Form>
    </Modal>
  );
}
