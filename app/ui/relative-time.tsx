import { createContext, useContext, useEffect, useState } from "react";

/** Unix ms at which the server rendered the page: server and browser say the same words about time. */
const ServerNow = createContext<number | null>(null);
export const ServerNowProvider = ServerNow.Provider;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/** "22 Nov 2026", in UTC: the same on every machine, so that hydration never differs. */
export function formatDay(instant: string | number | Date): string {
  const date = new Date(instant);
  return `${date.getUTCDate()} ${months[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
}

/** "22 Nov 2026, 15:10 UTC". */
export function formatInstant(instant: string | number | Date): string {
  const date = new Date(instant);
  const two = (part: number) => String(part).padStart(2, "0");
  return `${formatDay(date)}, ${two(date.getUTCHours())}:${two(date.getUTCMinutes())} UTC`;
}

/** "just now", "5 min ago", "3 h ago", "2 d ago", then the day. */
export function describeAge(instant: string, now: number): string {
  const age = now - Date.parse(instant);
  if (age < MINUTE) return "just now";
  if (age < HOUR) return `${Math.floor(age / MINUTE)} min ago`;
  if (age < DAY) return `${Math.floor(age / HOUR)} h ago`;
  if (age < 7 * DAY) return `${Math.floor(age / DAY)} d ago`;
  return formatDay(instant);
}

export function RelativeTime({ instant, className }: { instant: string; className?: string }) {
  const serverNow = useContext(ServerNow);
  const [now, setNow] = useState(serverNow ?? Date.parse(instant));
  useEffect(() => {
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), MINUTE / 2);
    return () => clearInterval(timer);
  }, []);
  return (
    <time dateTime={instant} title={formatInstant(instant)} className={className}>
      {describeAge(instant, now)}
    </time>
  );
}
