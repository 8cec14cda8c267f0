export const themes = ["light", "dark", "system"] as const;
export type Theme = (typeof themes)[number];

/** The plain cookie `theme`; without one the system's preference rules. */
export function themeOf(request: { headers: { get(name: string): string | null } }): Theme {
  const [, value] = /(?:^|;\s*)theme=(\w+)/.exec(request.headers.get("Cookie") ?? "") ?? [];
  return themes.find((theme) => theme === value) ?? "system";
}
