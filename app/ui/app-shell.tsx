import { Link } from "@remix-run/react";
import { Menu, X } from "lucide-react";
import { Dialog } from "radix-ui";
import { type ReactNode, useState } from "react";
import { buttonClass } from "./button";
import { LogoMark } from "./logo";
import { type RecentThread, Sidebar } from "./sidebar";
import type { Theme } from "./theme";

export interface ShellFacts {
  workspaceName: string;
  userName: string;
  recent: RecentThread[];
  theme: Theme;
}

/** Sidebar and page; on a narrow window a bar on top whose menu opens the sidebar as a sheet. */
export function AppShell({ facts, children }: { facts: ShellFacts; children: ReactNode }) {
  const [theme, setTheme] = useState(facts.theme);
  const [sheet, setSheet] = useState(false);
  const sidebar = (
    <Sidebar facts={{ ...facts, theme }} onTheme={setTheme} onNavigate={() => setSheet(false)} />
  );
  return (
    <div data-theme={theme} className="min-h-dvh lg:grid lg:grid-cols-[15.5rem_minmax(0,1fr)]">
      <a
        href="#content"
        className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:rounded-lg focus:bg-raised focus:px-3 focus:py-2 focus:shadow-raised"
      >
        Skip to content
      </a>
      <aside className="sticky top-0 hidden h-dvh border-r border-line lg:block">{sidebar}</aside>
      <div className="flex min-h-dvh min-w-0 flex-col">
        <header className="sticky top-0 z-30 flex h-13 items-center justify-between border-b border-line bg-canvas/95 px-3 backdrop-blur lg:hidden">
          <Dialog.Root open={sheet} onOpenChange={setSheet}>
            <Dialog.Trigger className={buttonClass("ghost", "icon")} aria-label="Menu">
              <Menu aria-hidden className="size-5" />
            </Dialog.Trigger>
            <Dialog.Portal>
              <Dialog.Overlay className="fixed inset-0 z-40 bg-black/40" />
              <Dialog.Content
                aria-describedby={undefined}
                className="fixed inset-y-0 left-0 z-50 w-[min(18rem,85vw)] border-r border-line bg-canvas shadow-raised"
              >
                <Dialog.Title className="sr-only">Menu</Dialog.Title>
                {sidebar}
                <Dialog.Close
                  className={`absolute top-2.5 right-2 ${buttonClass("ghost", "icon")}`}
                  aria-label="Close menu"
                >
                  <X aria-hidden className="size-4" />
                </Dialog.Close>
              </Dialog.Content>
            </Dialog.Portal>
          </Dialog.Root>
          <Link to="/threads" className="flex items-center gap-2 text-[0.9375rem] font-semibold">
            <LogoMark className="size-5" />
            Netra
          </Link>
          <span className="size-10" />
        </header>
        <main id="content" tabIndex={-1} className="flex min-w-0 flex-1 flex-col outline-none">
          {children}
        </main>
      </div>
    </div>
  );
}
