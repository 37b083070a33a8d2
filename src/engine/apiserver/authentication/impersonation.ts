/**
 * Acting as somebody else, where that is allowed. Constrained modes are tried first: they ask whether the asker may do this very
 * thing as somebody of that sort, and whether it may be that one. The old mode asks for the verb `impersonate` only.
 * Differs: nothing that was allowed is remembered for ten seconds.
 * Upstream: apiserver/pkg/endpoints/filters/impersonation (v1.36)
 */
import { quote } from '../../../apimachinery/go-format.ts';
import { newBadRequest } from '../../../apimachinery/status-error.ts';
import { isDNS1123Subdomain } from '../../../apimachinery/validation.ts';
import type { ApiRequest, UserInfo } from '../../../protocol/rest.ts';
import type { AuthorizationAttributes, Authorizer } from '../authorization/attributes.ts';
import { forbidden } from '../authorization/authorize-request.ts';

type Extra = ReadonlyMap<string, readonly string[]>;

/** Whom the headers name. */
interface WantedUser {
  readonly name: string;
  readonly uid: string;
  readonly groups: readonly string[];
  readonly extra: Extra;
}

interface Mode {
  /** `user-info` …; empty for the old mode. */
  readonly name: string;
  appliesTo(wanted: WantedUser, asker: UserInfo): boolean;
}

const serviceAccount = /^system:serviceaccount:([^:]+):([^:]+)$/;
const nodeNameKey = 'authentication.kubernetes.io/node-name';
const maxRememberedUsers = 10_000;

function nodeNameOf(username: string): string | undefined {
  const name = /^system:node:(.+)$/.exec(username)?.[1];
  return name !== undefined && isDNS1123Subdomain(name).length === 0 ? name : undefined;
}

const onlyNamed = ({ uid, groups, extra }: WantedUser): boolean =>
  uid === '' && groups.length === 0 && extra.size === 0;

const modes: readonly Mode[] = [
  {
    name: 'associated-node',
    appliesTo(wanted, asker) {
      const node = nodeNameOf(wanted.name);
      const own = asker.extra?.[nodeNameKey] ?? [];
      return (
        onlyNamed(wanted) &&
        node !== undefined &&
        serviceAccount.test(asker.username) &&
        own.length === 1 &&
        own[0] === node
      );
    },
  },
  { name: 'arbitrary-node', appliesTo: (wanted) => onlyNamed(wanted) && nodeNameOf(wanted.name) !== undefined },
  { name: 'serviceaccount', appliesTo: (wanted) => onlyNamed(wanted) && serviceAccount.test(wanted.name) },
  {
    name: 'user-info',
    appliesTo: ({ name }) => nodeNameOf(name) === undefined && !serviceAccount.test(name),
  },
  { name: '', appliesTo: () => true },
];

/** Lets users act as others, and remembers which way was open to each of them last. */
export class Impersonator {
  readonly #authorizer: Authorizer;
  readonly #lastMode = new Map<string, Mode>();

  constructor(authorizer: Authorizer) {
    this.#authorizer = authorizer;
  }

  /** Whom the request is made as; undefined when its headers name nobody. `attributes` are the request's. @throws StatusError */
  impersonate(request: ApiRequest, attributes: AuthorizationAttributes): UserInfo | undefined {
    if (!namesSomebody(request)) return undefined;
    const wanted = wantedUserOf(request);
    if (!wanted) return undefined;
    const asker = attributes.user;
    const last = this.#lastMode.get(asker.username);
    let firstError: unknown;
    for (const mode of last ? [last, ...modes.filter((mode) => mode !== last)] : modes) {
      if (!mode.appliesTo(wanted, asker)) continue;
      try {
        const user = new ModeCheck(this.#authorizer, mode.name, attributes).check(wanted);
        this.#remember(asker.username, mode);
        return user;
      } catch (error) {
        firstError ??= error;
      }
    }
    throw firstError;
  }

  #remember(username: string, mode: Mode): void {
    this.#lastMode.delete(username);
    this.#lastMode.set(username, mode);
    if (this.#lastMode.size <= maxRememberedUsers) return;
    for (const [oldest] of this.#lastMode) return void this.#lastMode.delete(oldest);
  }
}

/** The questions of one mode. */
class ModeCheck {
  readonly #authorizer: Authorizer;
  readonly #mode: string;
  readonly #attributes: AuthorizationAttributes;

  constructor(authorizer: Authorizer, mode: string, attributes: AuthorizationAttributes) {
    this.#authorizer = authorizer;
    this.#mode = mode;
    this.#attributes = attributes;
  }

  /** @throws StatusError Forbidden */
  check(wanted: WantedUser): UserInfo {
    if (this.#mode !== '') {
      const { verb } = this.#attributes;
      this.#authorize(this.#askerBlind({ ...this.#attributes, verb: `impersonate-on:${this.#mode}:${verb}` }));
    }
    const groups = this.#checkName(wanted);
    if (wanted.uid !== '') this.#ask('uids', wanted.uid, { group: 'authentication.k8s.io' });
    this.#checkGroups(wanted.groups);
    this.#checkExtra(wanted.extra);
    return actualUser(wanted, groups);
  }

  /** Gives the groups of whoever is named. */
  #checkName({ name, groups }: WantedUser): readonly string[] {
    const [, namespace, account] = serviceAccount.exec(name) ?? [];
    const node = this.#mode === '' ? undefined : nodeNameOf(name);
    if (node !== undefined) {
      this.#ask('nodes', this.#mode === 'associated-node' ? '*' : node);
      return ['system:nodes'];
    }
    if (namespace === undefined || account === undefined) {
      this.#ask('users', name);
      return groups;
    }
    this.#ask('serviceaccounts', account, { namespace });
    return groups.length > 0 ? groups : ['system:serviceaccounts', `system:serviceaccounts:${namespace}`];
  }

  #checkGroups(groups: readonly string[]): void {
    if (this.#mode !== '') {
      if (groups.includes('')) throw this.#refusal('groups', '', 'impersonating the empty string group is not allowed');
      const masters = 'system:masters';
      if (groups.includes(masters))
        throw this.#refusal('groups', masters, 'impersonating the system:masters group is not allowed');
    }
    for (const group of groups) this.#ask('groups', group);
  }

  #checkExtra(extra: Extra): void {
    for (const [key, values] of extra)
      for (const value of values) this.#ask('userextras', value, { group: 'authentication.k8s.io', subresource: key });
  }

  #ask(resource: string, name: string, more: Partial<AuthorizationAttributes> = {}): void {
    this.#authorize(this.#askerBlind(this.#about(resource, name, more)));
  }

  #about(resource: string, name: string, more: Partial<AuthorizationAttributes> = {}): AuthorizationAttributes {
    const constrained = this.#mode !== '';
    return {
      user: this.#attributes.user,
      verb: constrained ? `impersonate:${this.#mode}` : 'impersonate',
      isResourceRequest: true,
      group: constrained ? 'authentication.k8s.io' : '',
      version: 'v1',
      resource,
      subresource: '',
      namespace: '',
      name,
      path: '',
      ...more,
    };
  }

  /** A node's own account is judged without what tells its nodes apart. */
  #askerBlind(attributes: AuthorizationAttributes): AuthorizationAttributes {
    if (this.#mode !== 'associated-node') return attributes;
    const { user } = attributes;
    const keys = Object.keys(user.extra ?? {}).sort();
    return {
      ...attributes,
      user: { ...user, extra: { 'authentication.kubernetes.io/associated-node-keys': keys } },
    };
  }

  #authorize(attributes: AuthorizationAttributes): void {
    const { allowed, reason } = this.#authorizer.authorize(attributes);
    if (!allowed) throw forbidden(attributes, reason);
  }

  #refusal(resource: string, name: string, why: string): Error {
    return forbidden(this.#about(resource, name), why);
  }
}

function actualUser({ name, uid, extra }: WantedUser, groups: readonly string[]): UserInfo {
  const [known, unknown] = ['system:authenticated', 'system:unauthenticated'];
  const marker = name === 'system:anonymous' ? unknown : groups.includes(unknown) ? undefined : known;
  return {
    username: name,
    ...(uid === '' ? {} : { uid }),
    groups: marker === undefined || groups.includes(marker) ? groups : [...groups, marker],
    ...(extra.size === 0 ? {} : { extra: Object.fromEntries(extra) }),
  };
}

function namesSomebody({ headers }: ApiRequest): boolean {
  for (const name in headers) if (name.startsWith('impersonate-')) return true;
  return false;
}

/** Whom the headers name. @throws StatusError BadRequest when they name no user but something of one */
function wantedUserOf({ headers }: ApiRequest): WantedUser | undefined {
  const name = headers['impersonate-user'] ?? '';
  const groupHeader = headers['impersonate-group'];
  const groups = groupHeader === undefined ? [] : groupHeader.split(',').map((group) => group.trim());
  const uid = headers['impersonate-uid'] ?? '';
  const extra = extraOf(headers);
  if (name !== '') return { name, uid, groups, extra };
  if (groups.length === 0 && uid === '' && extra.size === 0) return undefined;
  throw newBadRequest(`requested ${goUser(uid, groups, extra)} without impersonating a user name`);
}

/** The user as Go writes it. */
function goUser(uid: string, groups: readonly string[], extra: Extra): string {
  const list = (values: readonly string[]): string => `[]string{${values.map(quote).join(', ')}}`;
  const pairs = [...extra].map(([key, values]) => `${quote(key)}:${list(values)}`);
  const groupsText = groups.length === 0 ? '[]string(nil)' : list(groups);
  const extraText = extra.size === 0 ? 'map[string][]string(nil)' : `map[string][]string{${pairs.join(', ')}}`;
  return `&user.DefaultInfo{Name:"", UID:${quote(uid)}, Groups:${groupsText}, Extra:${extraText}}`;
}

function extraOf(headers: Readonly<Record<string, string>>): Map<string, readonly string[]> {
  const out = new Map<string, readonly string[]>();
  for (const header of Object.keys(headers).sort()) {
    if (!header.startsWith('impersonate-extra-')) continue;
    const key = decodeURIComponent(header.slice('impersonate-extra-'.length)).toLowerCase();
    out.set(key, (headers[header] ?? '').split(', '));
  }
  return out;
}
