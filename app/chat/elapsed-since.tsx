import { useEffect, useState } from "react";

/** Seconds since an instant, counting. Nothing on the server, where nobody watches it count. */
export function ElapsedSince({ instant }: { instant: string }) {
  const [now, setNow] = useState<number | null>(null);
  useEffect(() => {
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  if (now === null) return null;
  return <>{Math.max(0, Math.round((now - Date.parse(instant)) / 1_000))} s</>;
}
