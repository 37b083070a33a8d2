/**
 * Why something happened: a link of the chain that leads from an effect back to a person's keystroke.
 * Every timer, task and process inherits the cause that was present when it was scheduled.
 */
export interface Cause {
  readonly id: number;
  /** What happened, in words: `PUT /api/v1/pods/a by deployment-controller`, `kubectl apply`, `node-1 lost power`. */
  readonly label: string;
  /** Virtual time in ms since the cluster's start. */
  readonly at: number;
  /** What led to it; several where several events were handled in one go; empty at a root. */
  readonly parents: readonly Cause[];
  /** The component or person that acted. */
  readonly actor?: string;
  /** The object that was written, when it was a write. */
  readonly object?: {
    readonly resource: string;
    readonly namespace: string;
    readonly name: string;
    readonly revision: number;
  };
}

/** What a write does, and to which object. */
export interface Write {
  readonly method: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  /** The revision that the object has then. */
  readonly revision: number;
}

/** A write to the store. There are several for each object for as long as it is there: only what is particular to it is kept. */
export class WriteCause implements Cause {
  readonly id: number;
  readonly at: number;
  readonly actor: string;
  readonly #parent: Cause | undefined;
  readonly #method: string;
  readonly #group: string;
  readonly #resource: string;
  readonly #subresource: string;
  readonly #namespace: string;
  readonly #name: string;
  readonly #revision: number;

  constructor(id: number, at: number, parent: Cause | undefined, actor: string, write: Write) {
    this.id = id;
    this.at = at;
    this.#parent = parent;
    this.actor = actor;
    this.#method = write.method;
    this.#group = write.group;
    this.#resource = write.resource;
    this.#subresource = write.subresource;
    this.#namespace = write.namespace;
    this.#name = write.name;
    this.#revision = write.revision;
  }
  get parents(): readonly Cause[] {
    return this.#parent ? [this.#parent] : [];
  }
  get label(): string {
    const resource = this.#group === '' ? this.#resource : `${this.#resource}.${this.#group}`;
    const path = [resource, this.#namespace, this.#name, this.#subresource];
    return `${this.#method} ${path.filter((part) => part !== '').join('/')}`;
  }
  get object(): NonNullable<Cause['object']> {
    return {
      resource: this.#resource,
      namespace: this.#namespace,
      name: this.#name,
      revision: this.#revision,
    };
  }
}

/** Several causes of one effect. */
export class JointCause implements Cause {
  readonly id: number;
  readonly at: number;
  readonly parents: readonly Cause[];

  constructor(id: number, at: number, parents: readonly Cause[]) {
    this.id = id;
    this.at = at;
    this.parents = parents;
  }
  get label(): string {
    return this.parents.map(({ label }) => label).join('; ');
  }
}
