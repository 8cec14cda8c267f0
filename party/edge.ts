import { handle, keepGoing } from "netra:app";
import migrations from "netra:migrations";
import NetraRooms from "netra:rooms";
import type * as Party from "partykit/server";

type Place = Pick<Party.FetchLobby, "env" | "parties">;

/** `/parties/main/ID` and what may follow. */
const roomPath = /^\/parties\/main\/([^/]+)(\/.*)?$/;

/** The deployable unit: the rooms, and the app for whatever is no room's, in one worker on one origin. */
export default class NetraEdge extends NetraRooms {
  static override async onFetch(
    request: Party.Request,
    lobby: Party.FetchLobby,
    context?: Party.ExecutionContext,
  ): Promise<Response> {
    const waitUntil = (work: Promise<unknown>) => context?.waitUntil(work);
    // workerd's own Request, by another name.
    return handle(request as unknown as Request, hostIn(lobby), waitUntil);
  }

  /** Housekeeping, which no process here does by itself. */
  static async onCron(_controller: unknown, lobby: Party.CronLobby): Promise<Response> {
    await keepGoing(hostIn(lobby));
    return new Response(null, { status: 204 });
  }
}

function hostIn(place: Place) {
  const env = { ROOMS_URL: place.env.APP_ORIGIN, ...place.env };
  return { env, migrations, rooms: doorIn(place, env) };
}

/** A worker cannot reach itself by network: the app goes through the same door, without leaving. */
function doorIn({ parties }: Place, env: Record<string, unknown>) {
  return async (path: string, init: RequestInit): Promise<Response> => {
    const [, id = "", rest = ""] = roomPath.exec(path) ?? [];
    const request = new Request(new URL(path, "http://rooms"), init);
    const judged = await NetraRooms.onBeforeRequest(
      request as unknown as Party.Request,
      {
        id,
        env,
      } as Party.Lobby,
    );
    if (judged instanceof Response) return judged;
    const room = parties.main?.get(id);
    if (!room) throw new Error("This worker has no rooms");
    return rest === "" ? room.fetch(init) : room.fetch(rest, init);
  };
}

NetraEdge satisfies Party.Worker;
