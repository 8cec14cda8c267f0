import { useEffect, useState, useSyncExternalStore } from "react";
import { idleSnapshot, LiveThread, type LiveThreadSnapshot } from "./live-thread";
import { openRoomSocket } from "./room-socket";

/** The live thread of this page, from mount to unmount. Nothing happens on the server. */
export function useLiveThread(
  threadId: string,
  roomsUrl: string,
): LiveThreadSnapshot & { live: LiveThread } {
  const [live] = useState(
    () =>
      new LiveThread({
        threadId,
        openSocket: (handlers) => openRoomSocket({ threadId, roomsUrl }, handlers),
        storage: typeof sessionStorage === "undefined" ? null : sessionStorage,
      }),
  );
  useEffect(() => {
    live.start();
    const online = () => live.reconnect();
    window.addEventListener("online", online);
    return () => {
      window.removeEventListener("online", online);
      live.stop();
    };
  }, [live]);
  const snapshot = useSyncExternalStore(live.subscribe, live.snapshot, () => idleSnapshot);
  return { ...snapshot, live };
}
