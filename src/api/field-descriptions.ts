/** What the published Kubernetes client says: class name → field (empty: the type itself) → text. */
export type FieldDescriptions = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The texts of `core/v1.PodSpec`: of `V1PodSpec`, or of `CoreV1EndpointPort` where several groups have that name. */
export function describedAs(
  name: string,
  descriptions: FieldDescriptions,
): Readonly<Record<string, string>> | undefined {
  const match = /^(\w+)\/(v\w+)\.(\w+)$/.exec(name);
  if (!match) return undefined;
  const [, group = '', version = '', type = ''] = match;
  const title = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
  return descriptions[`${title(version)}${type}`] ?? descriptions[`${title(group)}${title(version)}${type}`];
}
