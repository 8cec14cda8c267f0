import { afterEach, describe, expect, it } from "vitest";
import { ListNews } from "../../app/chat/list-news";

const channels: BroadcastChannel[] = [];
afterEach(() => {
  for (const channel of channels.splice(0)) channel.close();
});

/** A tab that shows what the server has whenever it asks. */
function openTab(name: string, server: { list: string; now: number }) {
  const channel = new BroadcastChannel(name);
  channels.push(channel);
  const tab = { visible: true, asked: 0, shown: "", news: null as unknown as ListNews };
  let heard = 0;
  const listeners: (() => void)[] = [];
  /** Resolves when the tab has heard of so many lists in all. */
  const hasHeard = (count: number) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (heard >= count) resolve();
      };
      listeners.push(look);
      look();
    });
  const show = () => {
    tab.shown = server.list;
    tab.news.shows(server.list);
  };
  tab.news = new ListNews({
    channel,
    isVisible: () => tab.visible,
    now: () => server.now,
    refresh: () => {
      tab.asked += 1;
      show();
    },
  });
  channel.onmessage = ({ data }: MessageEvent) => {
    tab.news.hears(data);
    heard += 1;
    for (const look of listeners) look();
  };
  show();
  return Object.assign(tab, { show, hasHeard });
}

describe("the list of threads in several tabs", () => {
  it("is fresh in the others when one shows a new title, once, and the talk ends", async () => {
    const server = { list: "old", now: 0 };
    const tabs = ["a", "b", "c"].map(() => openTab("tabs", server));
    const [first] = tabs;
    server.list = "new";
    first?.show();
    // Of the first one's news, and then each of what the two others show now.
    await Promise.all(tabs.map(({ hasHeard }) => hasHeard(2)));
    expect(tabs.map(({ shown }) => shown)).toEqual(["new", "new", "new"]);
    expect(tabs.map(({ asked }) => asked)).toEqual([0, 1, 1]);
  });

  it("a tab in the background asks when somebody comes back to it, and not before", async () => {
    const server = { list: "old", now: 0 };
    const [front, back] = [openTab("behind", server), openTab("behind", server)];
    back.visible = false;
    server.list = "new";
    front.show();
    await back.hasHeard(1);
    back.news.isLookedAt();
    expect(back.asked).toBe(0);
    back.visible = true;
    back.news.isLookedAt();
    expect(back).toMatchObject({ asked: 1, shown: "new" });
  });

  it("is asked for on focus, once for all that comes with it, and not right after it was loaded", () => {
    const server = { list: "list", now: 0 };
    const tab = openTab("focus", server);
    server.now = 500;
    tab.news.isLookedAt();
    expect(tab.asked).toBe(0);
    server.now = 5_000;
    tab.news.isLookedAt();
    tab.news.isLookedAt();
    expect(tab.asked).toBe(1);
  });
});
