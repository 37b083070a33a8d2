import type * as corev1 from '../../../api/core/v1.ts';
import type * as resourcev1 from '../../../api/resource/v1.ts';
import { metaNamespaceKey } from '../../../apimachinery/object-meta.ts';
import { type Chosen, keepsConstraints } from './device-constraints.ts';
import { type DevicePool, gatherPools, nodeSelectorFor, type PlacedDevice } from './device-pools.ts';

/** Whether a device of a driver is what an expression asks for. @throws Error when evaluating it fails */
export type DeviceMatcher = (driver: string, device: resourcev1.Device) => boolean;

/** Compiles a device selector. @throws Error when it cannot */
export type CompileDeviceSelector = (expression: string) => DeviceMatcher;

/** The most devices that a claim may get. Upstream: resource/v1 AllocationResultsMaxSize */
const maxResults = 32;
/** After so many steps a search is given up: constraints may make it explode. */
const maxSteps = 100_000;

/** What is asked for once: one request, or one of its alternatives. */
interface Wish {
  readonly claim: resourcev1.ResourceClaim;
  readonly claimIndex: number;
  readonly request: string;
  readonly className: string;
  readonly selectors: readonly resourcev1.DeviceSelector[];
  readonly tolerations: readonly resourcev1.DeviceToleration[];
  readonly adminAccess: boolean;
  readonly all: boolean;
  readonly count: number;
}

type Asked = resourcev1.ExactDeviceRequest | resourcev1.DeviceSubRequest;

function wishOf(claim: resourcev1.ResourceClaim, claimIndex: number, request: string, asked: Asked): Wish {
  return {
    claim,
    claimIndex,
    request,
    className: asked.deviceClassName,
    selectors: asked.selectors ?? [],
    tolerations: asked.tolerations ?? [],
    adminAccess: 'adminAccess' in asked && asked.adminAccess === true,
    all: asked.allocationMode === 'All',
    count: asked.count ?? 1,
  };
}

/** One entry for each request: its alternatives, best first. */
function requestsOf(claims: readonly resourcev1.ResourceClaim[]): (readonly Wish[])[] {
  return claims.flatMap((claim, i) =>
    (claim.spec.devices?.requests ?? []).map(({ name, exactly, firstAvailable = [] }) =>
      exactly
        ? [wishOf(claim, i, name, exactly)]
        : firstAvailable.map((sub) => wishOf(claim, i, `${name}/${sub.name}`, sub)),
    ),
  );
}

function isTolerated(taint: resourcev1.DeviceTaint, tolerations: readonly resourcev1.DeviceToleration[]): boolean {
  return tolerations.some(
    ({ key, operator = 'Equal', value = '', effect }) =>
      (!effect || effect === taint.effect) &&
      (!key || key === taint.key) &&
      (operator === 'Exists' || value === (taint.value ?? '')),
  );
}

interface Given extends Chosen {
  readonly wish: Wish;
}

/**
 * Gives claims devices of a node: the first of each pool that fit, going back where constraints or later requests want others.
 *
 * Upstream: dynamic-resource-allocation/structured/internal/stable/allocator_stable.go (v1.36). Differs: no partitioned devices and no
 * shared capacity.
 */
export class DeviceAllocator {
  readonly #slices: readonly resourcev1.ResourceSlice[];
  readonly #allocated: ReadonlySet<string>;
  readonly #classes: ReadonlyMap<string, resourcev1.DeviceClass>;
  readonly #compile: CompileDeviceSelector;

  constructor(
    slices: readonly resourcev1.ResourceSlice[],
    allocated: ReadonlySet<string>,
    classes: ReadonlyMap<string, resourcev1.DeviceClass>,
    compile: CompileDeviceSelector,
  ) {
    this.#slices = slices;
    this.#allocated = allocated;
    this.#classes = classes;
    this.#compile = compile;
  }

  /** One result for each claim, or undefined when the node cannot serve them all. @throws Error when a selector fails */
  allocate(
    claims: readonly resourcev1.ResourceClaim[],
    node: corev1.Node,
  ): readonly resourcev1.AllocationResult[] | undefined {
    const pools = gatherPools(this.#slices, node);
    const given = new Search(pools, this.#allocated, (wish, placed) => this.#matches(wish, placed)).run(
      requestsOf(claims),
    );
    return (
      given &&
      claims.map((claim, i) =>
        this.#resultOf(
          claim,
          given.filter(({ wish }) => wish.claimIndex === i),
        ),
      )
    );
  }

  #matches(wish: Wish, { driver, device }: PlacedDevice): boolean {
    const className = wish.className;
    const ofClass = this.#classes.get(className)?.spec.selectors ?? [];
    return (
      this.#selectorsMatch(`class ${className}`, ofClass, driver, device) &&
      this.#selectorsMatch(`claim ${metaNamespaceKey(wish.claim)}`, wish.selectors, driver, device) &&
      (device.taints ?? []).every((taint) => taint.effect === 'None' || isTolerated(taint, wish.tolerations))
    );
  }
  #selectorsMatch(
    whose: string,
    selectors: readonly resourcev1.DeviceSelector[],
    driver: string,
    device: resourcev1.Device,
  ): boolean {
    return selectors.every(({ cel }, i) => {
      const matcher = this.#compile(cel?.expression ?? '');
      try {
        return matcher(driver, device);
      } catch (error) {
        const text = error instanceof Error ? error.message : String(error);
        throw new Error(`${whose}: selector #${i}: CEL runtime error: ${text}`, { cause: error });
      }
    });
  }

  #resultOf(claim: resourcev1.ResourceClaim, given: readonly Given[]): resourcev1.AllocationResult {
    const results = given.map(({ request, placed, wish }): resourcev1.DeviceRequestAllocationResult => {
      const { driver, pool, device } = placed;
      const more = Object.assign(
        {},
        wish.adminAccess ? { adminAccess: true } : undefined,
        wish.tolerations.length > 0 ? { tolerations: wish.tolerations } : undefined,
      );
      return { request, driver, pool, device: device.name, ...more };
    });
    const config = this.#configOf(claim, given);
    const nodeSelector = nodeSelectorFor(given.map(({ placed }) => placed));
    return Object.assign(
      { devices: Object.assign({ results }, config.length > 0 ? { config } : undefined) },
      nodeSelector && { nodeSelector },
    );
  }
  /** What classes say to drivers, then what the claim says. */
  #configOf(claim: resourcev1.ResourceClaim, given: readonly Given[]): resourcev1.DeviceAllocationConfiguration[] {
    const wishes = new Map(given.map(({ request, wish }) => [request, wish]));
    const ofClasses = [...wishes].flatMap(([request, { className }]) =>
      (this.#classes.get(className)?.spec.config ?? []).map((config) => ({
        source: 'FromClass' as const,
        requests: [request],
        ...config,
      })),
    );
    const ofClaim = (claim.spec.devices?.config ?? []).map((config) => ({ source: 'FromClaim' as const, ...config }));
    return [...ofClasses, ...ofClaim];
  }
}

/** One search for devices: depth first, request by request. */
class Search {
  readonly #pools: readonly DevicePool[];
  readonly #allocated: ReadonlySet<string>;
  readonly #matches: (wish: Wish, placed: PlacedDevice) => boolean;
  readonly #known = new Map<Wish, readonly PlacedDevice[]>();
  readonly #taken = new Set<string>();
  #given: Given[] = [];
  #steps = 0;

  constructor(
    pools: readonly DevicePool[],
    allocated: ReadonlySet<string>,
    matches: (wish: Wish, placed: PlacedDevice) => boolean,
  ) {
    this.#pools = pools;
    this.#allocated = allocated;
    this.#matches = matches;
  }

  run(requests: readonly (readonly Wish[])[]): readonly Given[] | undefined {
    return this.#serve(requests, 0) ? this.#given : undefined;
  }

  #serve(requests: readonly (readonly Wish[])[], at: number): boolean {
    const alternatives = requests[at];
    if (!alternatives) return true;
    return alternatives.some((wish) => {
      const candidates = this.#candidates(wish);
      const count = wish.all ? candidates.length : wish.count;
      if (candidates.length < count || count === 0) return false;
      if (wish.all && this.#pools.some((pool) => pool.isIncomplete)) return false;
      return this.#give(wish, candidates, 0, count, () => this.#serve(requests, at + 1));
    });
  }
  /** Gives `left` devices more, of the candidates from `from` on, and then goes on. */
  #give(wish: Wish, candidates: readonly PlacedDevice[], from: number, left: number, goOn: () => boolean): boolean {
    if (left === 0) return goOn();
    for (let i = from; i + left <= candidates.length; i++) {
      if (++this.#steps > maxSteps) return false;
      const placed = candidates[i] as PlacedDevice;
      if (this.#isFree(wish, placed)) {
        this.#take(wish, placed);
        if (this.#give(wish, candidates, i + 1, left - 1, goOn)) return true;
        this.#giveBack(wish, placed);
      }
      // All means all: none may be left out.
      if (wish.all) return false;
    }
    return false;
  }
  #isFree(wish: Wish, placed: PlacedDevice): boolean {
    if (!wish.adminAccess && (this.#allocated.has(placed.id) || this.#taken.has(placed.id))) return false;
    const ofClaim = this.#given.filter(({ wish: other }) => other.claimIndex === wish.claimIndex);
    if (ofClaim.length >= maxResults) return false;
    return keepsConstraints(wish.claim.spec.devices?.constraints ?? [], ofClaim, { request: wish.request, placed });
  }
  #take(wish: Wish, placed: PlacedDevice): void {
    this.#given.push({ wish, request: wish.request, placed });
    if (!wish.adminAccess) this.#taken.add(placed.id);
  }
  #giveBack(wish: Wish, placed: PlacedDevice): void {
    this.#given.pop();
    if (!wish.adminAccess) this.#taken.delete(placed.id);
  }
  #candidates(wish: Wish): readonly PlacedDevice[] {
    let found = this.#known.get(wish);
    if (!found) {
      const complete = this.#pools.filter((pool) => !pool.isIncomplete);
      found = complete.flatMap(({ devices }) => devices.filter((placed) => this.#matches(wish, placed)));
      this.#known.set(wish, found);
    }
    return found;
  }
}
