import type * as Party from "partykit/server";
import { performanceWorks } from "./adapters/repair-performance";
import { composeRooms } from "./compose";
import { roomServer } from "./room-server";

if (!performanceWorks) throw new Error("This runtime has no performance.now()");

/** The rooms, as PartyKit and the host load them. */
const NetraRooms = roomServer(composeRooms);
export default NetraRooms;

NetraRooms satisfies Party.Worker;
