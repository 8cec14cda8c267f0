/**
 * Where to go after sign-in: a path of this site, or the fallback. Anything a browser could read as
 * another site (`//host`, `/\host`, a scheme, control characters) is refused.
 */
export function safePath(candidate: string | null | undefined, fallback = "/threads"): string {
  if (!candidate?.startsWith("/") || /^\/[/\\]|[\\\p{Cc}]/u.test(candidate)) {
    return fallback;
  }
  const base = "http://self.invalid";
  if (!URL.canParse(candidate, base)) return fallback;
  const url = new URL(candidate, base);
  return url.origin === base ? `${url.pathname}${url.search}${url.hash}` : fallback;
}
