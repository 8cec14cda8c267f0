import { createThread, type Database } from "../../db/postgres";
import { development } from "../../db/startup/seed-development";
import { Visitor } from "./room-process";

/** A thread of the demo workspace, with somebody in it who has asked. */
export async function askRooms(db: Database, roomsUrl: string, text: string) {
  const { user, workspace } = development;
  const ada = new Visitor(user.id, workspace.id);
  const thread = { id: ada.threadId, workspaceId: workspace.id, createdBy: user.id, title: "New" };
  await createThread(db, thread);
  const socket = await ada.connect(roomsUrl);
  socket.send(JSON.stringify({ type: "message.send", id: crypto.randomUUID(), text }));
  return { ada, socket, place: { workspaceId: workspace.id, threadId: ada.threadId } };
}
