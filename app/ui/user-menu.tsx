import { Form } from "@remix-run/react";
import { Check, ChevronsUpDown, LogOut } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import { useRef } from "react";
import { rememberTheme, THEMES, type Theme } from "./theme";

const themeNames: Record<Theme, string> = {
  system: "Like the device",
  light: "Light",
  dark: "Dark",
};
const itemClass =
  "flex h-8 w-full cursor-default items-center gap-2 rounded-md px-2 text-[0.8125rem] outline-none select-none data-highlighted:bg-sunken pointer-coarse:h-11";

/** Who is signed in, the theme, and the way out. */
export function UserMenu({
  userName,
  theme,
  onTheme,
}: {
  userName: string;
  theme: Theme;
  onTheme: (theme: Theme) => void;
}) {
  const signOut = useRef<HTMLFormElement | null>(null);
  function choose(next: Theme) {
    rememberTheme(next);
    onTheme(next);
  }
  return (
    <>
      <Form ref={signOut} method="post" action="/logout" reloadDocument className="hidden" />
      <DropdownMenu.Root>
        <DropdownMenu.Trigger className="flex h-10 items-center gap-2.5 rounded-lg px-2 text-left text-[0.8125rem] hover:bg-sunken">
          <span
            aria-hidden
            className="flex size-6 shrink-0 items-center justify-center rounded-full bg-accent-soft text-2xs font-semibold text-accent-strong"
          >
            {userName.slice(0, 1).toUpperCase()}
          </span>
          <span className="min-w-0 flex-1 truncate">{userName}</span>
          <ChevronsUpDown aria-hidden className="size-3.5 text-ink-3" />
        </DropdownMenu.Trigger>
        <DropdownMenu.Portal>
          <DropdownMenu.Content
            side="top"
            align="start"
            sideOffset={6}
            className="z-50 w-52 rounded-xl border border-line bg-raised p-1 shadow-raised"
          >
            <DropdownMenu.Label className="px-2 py-1.5 text-xs text-ink-3">
              Theme
            </DropdownMenu.Label>
            <DropdownMenu.RadioGroup value={theme}>
              {THEMES.map((option) => (
                <DropdownMenu.RadioItem
                  key={option}
                  value={option}
                  onSelect={() => choose(option)}
                  className={itemClass}
                >
                  {themeNames[option]}
                  <DropdownMenu.ItemIndicator className="ml-auto">
                    <Check aria-hidden className="size-3.5" />
                  </DropdownMenu.ItemIndicator>
                </DropdownMenu.RadioItem>
              ))}
            </DropdownMenu.RadioGroup>
            <DropdownMenu.Separator className="my-1 h-px bg-line" />
            <DropdownMenu.Item
              className={itemClass}
              onSelect={() => signOut.current?.requestSubmit()}
            >
              <LogOut aria-hidden className="size-3.5" />
              Sign out
            </DropdownMenu.Item>
          </DropdownMenu.Content>
        </DropdownMenu.Portal>
      </DropdownMenu.Root>
    </>
  );
}
