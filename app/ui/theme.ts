/** The look a person chose; `system` follows the device. Kept in a cookie, so that the server renders it. */
export type Theme = "system" | "light" | "dark";

export const THEMES: readonly Theme[] = ["system", "light", "dark"];
const YEAR_SECONDS = 365 * 24 * 60 * 60;

/** The theme of a `Cookie` header; `system` without one. */
export function readTheme(cookieHeader: string | null): Theme {
  const found = /(?:^|;\s*)theme=(light|dark)\b/.exec(cookieHeader ?? "")?.[1];
  return found === "light" || found === "dark" ? found : "system";
}

/** Has the server render the theme from the next page on. The cookie holds no secret. */
export function rememberTheme(theme: Theme): void {
  const maxAge = theme === "system" ? 0 : YEAR_SECONDS;
  // biome-ignore lint/suspicious/noDocumentCookie: the server reads it before it renders; no other storage reaches it
  document.cookie = `theme=${theme}; Path=/; Max-Age=${maxAge}; SameSite=Lax`;
}
