/** The tag of an image reference: `latest` when it has neither tag nor digest. Upstream: pkg/util/parsers ParseImageName (v1.36) */
export function imageTag(image: string): string {
  const at = image.indexOf('@');
  if (at >= 0) {
    const named = image.slice(0, at);
    const colon = named.lastIndexOf(':');
    return colon > named.lastIndexOf('/') ? named.slice(colon + 1) : '';
  }
  const colon = image.lastIndexOf(':');
  return colon > image.lastIndexOf('/') ? image.slice(colon + 1) : validReference.test(image) ? 'latest' : '';
}

const validReference =
  /^(?:[a-zA-Z0-9.-]+(?::\d+)?\/)?[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$/;
