import { type RefObject, useCallback, useEffect, useState } from "react";

/** A text being written, kept over a reload under `name`; what was typed before the script ran counts too. */
export function useDraft(
  name: string,
  field: RefObject<HTMLTextAreaElement | null>,
  initial = "",
): [string, (text: string) => void] {
  const key = `netra.draft.${name}`;
  const [text, setText] = useState(initial);

  useEffect(() => {
    const typed = field.current?.value ?? "";
    setText(typed !== "" ? typed : read(key));
  }, [key, field]);

  const change = useCallback(
    (next: string) => {
      setText(next);
      write(key, next);
    },
    [key],
  );
  return [text, change];
}

function read(key: string): string {
  try {
    return localStorage.getItem(key) ?? "";
  } catch {
    return "";
  }
}

function write(key: string, text: string): void {
  try {
    if (text === "") localStorage.removeItem(key);
    else localStorage.setItem(key, text);
  } catch {
    // Without storage a draft lives as long as the page.
  }
}
