/** An example to open in the editor: a manifest of our own, and what it is for. */
export interface Example {
  readonly id: string;
  readonly title: string;
  readonly group: 'Start' | 'Applications' | 'Workings' | 'To mend';
  /** One paragraph: what it shows. */
  readonly about: string;
  /** What to try once it runs. */
  readonly next: string;
  /** The name that its file gets. */
  readonly file: string;
  load(): Promise<string>;
  /** Files that go with it. */
  readonly more?: readonly { readonly file: string; load(): Promise<string> }[];
}

const textOf = (module: { readonly default: string }) => module.default;

/** All examples, in the order of the menu. */
export const examples: readonly Example[] = [
  {
    id: 'first-pod',
    title: 'A first pod',
    group: 'Start',
    about:
      'One container with a web server. Follow it from the scheduler to the kubelet: bound to a node, image pulled, started, ready.',
    next: 'Select the pod and read its events; delete it and see that nobody brings it back.',
    file: 'first-pod.yaml',
    load: () => import('./first-pod.yaml?raw').then(textOf),
  },
  {
    id: 'web',
    title: 'A web deployment with a service',
    group: 'Start',
    about:
      'Three copies of a web server that a Deployment keeps alive, and a Service that gives them one name and one address.',
    next: 'Delete a pod and watch the ReplicaSet replace it; change the image and watch the rollout.',
    file: 'web.yaml',
    load: () => import('./web.yaml?raw').then(textOf),
  },
  {
    id: 'guestbook',
    title: 'Guestbook',
    group: 'Applications',
    about:
      'The classic three tiers: a frontend that writes to one Redis and reads from its followers, found through Services by name.',
    next: 'Open the network lens; scale the frontend; take the leader away and write an entry.',
    file: 'guestbook.yaml',
    load: () => import('./guestbook.yaml?raw').then(textOf),
  },
  {
    id: 'shop',
    title: 'A shop of eleven services',
    group: 'Applications',
    about:
      'A whole shop: frontend, cart, catalogue, currency, payment and the rest, with visitors that browse it all the time. The network lens shows their requests.',
    next: 'Scale a service to zero and see which pages fail; switch off a node under load.',
    file: 'shop.yaml',
    load: () => import('./shop.yaml?raw').then(textOf),
  },
  {
    id: 'store',
    title: 'A store that keeps its data',
    group: 'Applications',
    about:
      'A StatefulSet of three Redis servers. Each has a name that stays, a claim, and a volume that outlives the pod.',
    next: 'Write a key in store-1, delete the pod, and read the key again.',
    file: 'store.yaml',
    load: () => import('./store.yaml?raw').then(textOf),
  },
  {
    id: 'jobs',
    title: 'Jobs, once and on a schedule',
    group: 'Workings',
    about: 'A Job with six pieces of work, two at a time, and a CronJob that starts one every minute.',
    next: 'Set the clock to 30× and watch the schedule go by.',
    file: 'jobs.yaml',
    load: () => import('./jobs.yaml?raw').then(textOf),
  },
  {
    id: 'probes',
    title: 'Probes that fail',
    group: 'Workings',
    about:
      'One container that stops being healthy after 30 seconds and is restarted, and one that runs but never says it is ready.',
    next: 'Compare what a failed liveness probe does with what a failed readiness probe does.',
    file: 'probes.yaml',
    load: () => import('./probes.yaml?raw').then(textOf),
  },
  {
    id: 'autoscaling',
    title: 'Replicas by load',
    group: 'Workings',
    about:
      'A HorizontalPodAutoscaler that adds pods while they are busy and removes them when they are not. A visitor keeps them busy; metrics-server tells how much: kubectl top pods.',
    next: 'Set the clock to 30× and watch: kubectl get hpa busy -w. Then send the visitor away: kubectl scale deployment load --replicas=0. Five minutes later the pods go.',
    file: 'autoscaling.yaml',
    load: () => import('./autoscaling.yaml?raw').then(textOf),
  },
  {
    id: 'operator',
    title: 'An operator of your own',
    group: 'Workings',
    about:
      'A kind of your own, Website, and a controller in JavaScript or TypeScript that makes a Deployment and a Service of each. It runs in the cluster under a service account of its own.',
    next: 'Run website-operator.js, then apply website.yaml. Change the controller and run it again; take a right away from its ClusterRole.',
    file: 'website-kind.yaml',
    load: () => import('./website-kind.yaml?raw').then(textOf),
    more: [
      { file: 'website.yaml', load: () => import('./website.yaml?raw').then(textOf) },
      { file: 'website-operator.js', load: () => import('./website-operator.js?raw').then(textOf) },
    ],
  },
  {
    id: 'policy',
    title: 'Who may reach whom',
    group: 'Workings',
    about: 'A NetworkPolicy lets one pod in and turns another away. Both keep asking; their logs tell.',
    next: 'Give the stranger the label: kubectl label pod stranger access=granted',
    file: 'policy.yaml',
    load: () => import('./policy.yaml?raw').then(textOf),
  },
  {
    id: 'broken-image',
    title: 'Pods that never start',
    group: 'To mend',
    about: 'The image cannot be pulled. Read the events, see the back-off grow, and set an image that exists.',
    next: 'Mend the file and apply it again, or use kubectl set image.',
    file: 'broken-image.yaml',
    load: () => import('./broken-image.yaml?raw').then(textOf),
  },
  {
    id: 'broken-crash',
    title: 'A container that keeps ending',
    group: 'To mend',
    about: 'The container starts, ends and starts again: CrashLoopBackOff. Its log says what it lacks.',
    next: 'Read the log of the previous run, then add what is missing to the ConfigMap.',
    file: 'broken-crash.yaml',
    load: () => import('./broken-crash.yaml?raw').then(textOf),
  },
  {
    id: 'broken-selector',
    title: 'A service that leads nowhere',
    group: 'To mend',
    about: 'The pods are ready and the Service exists, but it has no endpoints: one letter is wrong.',
    next: 'Compare the selector of the Service with the labels of the pods.',
    file: 'broken-selector.yaml',
    load: () => import('./broken-selector.yaml?raw').then(textOf),
  },
  {
    id: 'broken-unschedulable',
    title: 'Pods that fit nowhere',
    group: 'To mend',
    about:
      'The scheduler finds no node: one pod asks for a label that no node has, another for more than any machine can give.',
    next: 'Label a node: kubectl label node NAME disk=ssd. Then make the giant smaller.',
    file: 'broken-unschedulable.yaml',
    load: () => import('./broken-unschedulable.yaml?raw').then(textOf),
  },
];
