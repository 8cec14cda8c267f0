/** The files a thread is exported as. */
export const exportFormats = [
  { ending: "md", name: "Markdown" },
  { ending: "json", name: "JSON" },
] as const;

export function exportAddress(
  threadId: string,
  ending: (typeof exportFormats)[number]["ending"],
): string {
  return `/threads/${threadId}/export.${ending}`;
}
