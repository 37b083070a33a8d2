/** The parts of an image's name: `nginx:1.25` is `docker.io/library/nginx`, tag `1.25`. */
export interface ImageReference {
  /** `docker.io`, `registry.k8s.io`, `localhost:5000` … */
  readonly registry: string;
  /** `library/nginx`, `e2e-test-images/agnhost`. */
  readonly repository: string;
  /** `latest` when neither tag nor digest is given. */
  readonly tag?: string;
  /** `sha256:…`. */
  readonly digest?: string;
}

const pathPart = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const hostPart = '(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)';
const referencePattern = new RegExp(
  `^(?:((?:${hostPart}(?:\\.${hostPart})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?)/)?(${pathPart}(?:/${pathPart})*)` +
    '(?::([A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?(?:@([A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}))?$',
);

const maxRepositoryLength = 255;

/** What would be an image's id. */
const identifier = /^[a-f0-9]{64}$/;

/**
 * Reads an image's name as container engines do: registry `docker.io` and repository `library/…` are understood.
 * Gives undefined for what is no valid reference (capitals in the repository, spaces, an empty tag).
 * Upstream: distribution/reference ParseNormalizedNamed.
 */
export function parseImageReference(text: string): ImageReference | undefined {
  if (identifier.test(text)) return undefined;
  const match = referencePattern.exec(qualify(text));
  if (!match) return undefined;
  const [, registry = 'docker.io', repository = '', tag, digest] = match;
  if (repository.length > maxRepositoryLength) return undefined;
  return {
    registry,
    repository,
    ...(tag !== undefined ? { tag } : digest === undefined ? { tag: 'latest' } : {}),
    ...(digest !== undefined ? { digest } : {}),
  };
}

/** Whether a text has a reference's form, before a registry is understood. Upstream: distribution/reference ReferenceRegexp. */
export const isImageReference = (text: string): boolean => referencePattern.test(text);

/** The full name as the kubelet reports it: `docker.io/library/nginx:1.25`. */
export function formatImageReference(reference: ImageReference): string {
  const tag = reference.tag === undefined ? '' : `:${reference.tag}`;
  const digest = reference.digest === undefined ? '' : `@${reference.digest}`;
  return `${reference.registry}/${reference.repository}${tag}${digest}`;
}

/** A first part is a registry when it has a dot or a port, or is `localhost`. */
function qualify(text: string): string {
  const slash = text.indexOf('/');
  const first = slash < 0 ? '' : text.slice(0, slash);
  const isRegistry = first === 'localhost' || /[.:]/.test(first) || first !== first.toLowerCase();
  if (isRegistry)
    return text.replace(/^index\.docker\.io\//, 'docker.io/').replace(/^docker\.io\/([^/]+)$/, 'docker.io/library/$1');
  return slash < 0 ? `docker.io/library/${text}` : `docker.io/${text}`;
}
