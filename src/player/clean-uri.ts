const MAX_URI = 1024;

/** A URI from outside; null if it is empty, too long, or has spaces or control characters. */
export function cleanUri(uri: string | undefined): string | null {
  return uri && uri.length <= MAX_URI && /^[^\s\p{C}]+$/u.test(uri) ? uri : null;
}
