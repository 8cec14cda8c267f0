/** How the app reaches the rooms: by network where they are another process, directly where they are in the same worker. */
export type RoomDoor = (path: string, init: RequestInit) => Promise<Response>;

/** The rooms behind an address. */
export function roomsAt(roomsUrl: string): RoomDoor {
  return (path, init) => fetch(new URL(path, roomsUrl), init);
}
