import { THEMES, type Theme } from "../ui/theme";

/** What the browser put into the plain cookie `theme`; without one the device's preference rules. */
export function themeOf(request: { headers: { get(name: string): string | null } }): Theme {
  const [, value] = /(?:^|;\s*)theme=(\w+)/.exec(request.headers.get("Cookie") ?? "") ?? [];
  return THEMES.find((theme) => theme === value) ?? "system";
}
