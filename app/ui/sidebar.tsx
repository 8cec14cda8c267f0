import { Link, NavLink } from "@remix-run/react";
import { Database, type LucideIcon, MessagesSquare, SquarePen, Wallet } from "lucide-react";
import type { ReactNode } from "react";
import type { ShellFacts } from "./app-shell";
import { buttonClass } from "./button";
import { classNames } from "./class-names";
import { LogoMark } from "./logo";
import type { Theme } from "./theme";
import { UserMenu } from "./user-menu";

export interface RecentThread {
  id: string;
  title: string;
  running: boolean;
}

export function Sidebar({
  facts,
  onTheme,
  onNavigate,
}: {
  facts: ShellFacts;
  onTheme: (theme: Theme) => void;
  onNavigate: () => void;
}) {
  return (
    <nav aria-label="Main" className="flex h-full flex-col gap-4 p-3">
      <Link
        to="/threads"
        onClick={onNavigate}
        className="flex h-9 items-center gap-2.5 rounded-lg px-2 hover:bg-sunken"
      >
        <LogoMark className="size-5 shrink-0" />
        <span className="min-w-0 truncate text-sm font-semibold">{facts.workspaceName}</span>
      </Link>
      <div className="grid gap-0.5">
        <Link
          to="/threads?new"
          onClick={onNavigate}
          className={classNames(buttonClass("secondary", "small"), "mb-1.5 justify-start")}
        >
          <SquarePen aria-hidden className="size-3.5" />
          New question
        </Link>
        <SidebarLink to="/threads" icon={MessagesSquare} end onNavigate={onNavigate}>
          Threads
        </SidebarLink>
        <SidebarLink to="/data" icon={Database} onNavigate={onNavigate}>
          Data
        </SidebarLink>
        <SidebarLink to="/budget" icon={Wallet} onNavigate={onNavigate}>
          Budget
        </SidebarLink>
      </div>
      <section aria-label="Recent threads" className="min-h-0 flex-1 overflow-y-auto">
        {facts.recent.length > 0 ? (
          <h2 className="px-2 pb-1 text-xs font-medium text-ink-3">Recent</h2>
        ) : null}
        <ul className="grid grid-cols-[minmax(0,1fr)] gap-px">
          {facts.recent.map((thread) => (
            <li key={thread.id}>
              <NavLink
                to={`/threads/${thread.id}`}
                onClick={onNavigate}
                className={({ isActive }) => linkClass(isActive)}
                title={thread.title}
              >
                <bdi className="min-w-0 flex-1 truncate">{thread.title}</bdi>
                {thread.running ? (
                  <span className="size-1.5 shrink-0 rounded-full bg-accent">
                    <span className="sr-only">running</span>
                  </span>
                ) : null}
              </NavLink>
            </li>
          ))}
        </ul>
      </section>
      <UserMenu userName={facts.userName} theme={facts.theme} onTheme={onTheme} />
    </nav>
  );
}

function SidebarLink({
  to,
  icon: Icon,
  end,
  onNavigate,
  children,
}: {
  to: string;
  icon: LucideIcon;
  end?: boolean;
  onNavigate: () => void;
  children: ReactNode;
}) {
  return (
    <NavLink
      to={to}
      end={end ?? false}
      onClick={onNavigate}
      className={({ isActive }) => linkClass(isActive)}
    >
      <Icon aria-hidden className="size-4 shrink-0" strokeWidth={1.75} />
      {children}
    </NavLink>
  );
}

function linkClass(isActive: boolean): string {
  return classNames(
    "flex h-8 items-center gap-2.5 rounded-md px-2 text-[0.8125rem] pointer-coarse:h-11",
    isActive ? "bg-sunken font-medium text-ink" : "text-ink-2 hover:bg-sunken hover:text-ink",
  );
}
