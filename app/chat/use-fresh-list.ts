import { useRevalidator } from "@remix-run/react";
import { useEffect, useRef, useState } from "react";
import { ListNews } from "./list-news";

const CHANNEL = "netra-threads";

/** Keeps the list of threads, given as JSON, as fresh as somebody can see: see `ListNews`. */
export function useFreshList(list: string): void {
  const { revalidate } = useRevalidator();
  const latest = useRef(revalidate);
  latest.current = revalidate;
  const [news, setNews] = useState<ListNews | null>(null);
  useEffect(() => {
    const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel(CHANNEL);
    const made = new ListNews({
      channel,
      isVisible: () => document.visibilityState === "visible",
      refresh: () => latest.current(),
      now: () => Date.now(),
    });
    setNews(made);
    const looked = () => made.isLookedAt();
    if (channel) channel.onmessage = ({ data }) => made.hears(data);
    window.addEventListener("focus", looked);
    document.addEventListener("visibilitychange", looked);
    return () => {
      channel?.close();
      window.removeEventListener("focus", looked);
      document.removeEventListener("visibilitychange", looked);
    };
  }, []);
  useEffect(() => news?.shows(list), [news, list]);
}
