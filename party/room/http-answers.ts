/** What the room answers over HTTP: a JSON body and its status. */
export interface RoomAnswer {
  status: number;
  body: unknown;
}

/**
 * Why somebody is not let in. `record-away`: the room holds the thread for deleted, and the record cannot say
 * whether it was restored.
 */
export type DoorCode = "ticket-refused" | "forbidden" | "thread-deleted" | "record-away";

const statuses: Record<DoorCode, number> = {
  "ticket-refused": 401,
  forbidden: 403,
  "thread-deleted": 410,
  "record-away": 503,
};

export function refused(code: DoorCode): RoomAnswer {
  return { status: statuses[code], body: { error: code } };
}
