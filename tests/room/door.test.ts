import { SignJWT, UnsecuredJWT } from "jose";
import { describe, expect, it } from "vitest";
import {
  closeCodes,
  FRAME_MAX_BYTES,
  PROTOCOL_VERSION,
  TICKET_AUDIENCE,
  WAKE_AUDIENCE,
} from "../../party/protocol";
import { allowedOrigins } from "../../party/room/authorise";
import { answerRequest, judgeRequest } from "../../party/room/http";
import { STRIKES_MAX } from "../../party/room/sessions";
import { HandSocket, ORIGIN, Scene, SECRET, send, settle, tell, visit } from "./scene";
import { scriptedCrew, stepsFrom } from "./scripted-crew";

const rules = { secret: SECRET, origins: allowedOrigins(ORIGIN) };

async function knock(scene: Scene, ticket: string | null, origin: string | null = ORIGIN) {
  const socket = new HandSocket("knocking");
  const query = ticket === null ? "" : `?ticket=${ticket}`;
  await (await scene.openRoom()).connect(socket, visit(query, { origin }));
  return socket.closed?.code ?? null;
}

describe("who may come in", () => {
  it("RM10: lets a good ticket in and keeps out every other", async () => {
    const scene = new Scene();
    const good = await scene.ticket();
    const [head, body, signature] = good.split(".");
    const claims = {
      room: scene.threadId,
      workspace: scene.workspaceId,
      role: "owner",
      name: "Eve",
    };
    const unsigned = new UnsecuredJWT(claims)
      .setSubject(scene.userId)
      .setAudience(TICKET_AUDIENCE)
      .setExpirationTime("1y")
      .encode();
    const forged = Buffer.from(
      JSON.stringify({
        ...JSON.parse(Buffer.from(body ?? "", "base64url").toString()),
        role: "owner",
      }),
    ).toString("base64url");
    const otherAudience = await new SignJWT(claims)
      .setProtectedHeader({ alg: "HS256" })
      .setSubject(scene.userId)
      .setAudience(WAKE_AUDIENCE)
      .setExpirationTime("1y")
      .sign(new TextEncoder().encode(SECRET));
    const endless = await new SignJWT({ ...claims, sub: scene.userId, aud: TICKET_AUDIENCE })
      .setProtectedHeader({ alg: "HS256" })
      .sign(new TextEncoder().encode(SECRET));
    const hs512 = await new SignJWT({ ...claims, sub: scene.userId, aud: TICKET_AUDIENCE })
      .setProtectedHeader({ alg: "HS512" })
      .setExpirationTime("1y")
      .sign(new TextEncoder().encode(SECRET));
    const answers = {
      good: await knock(scene, good),
      none: await knock(scene, null),
      garbage: await knock(scene, "garbage"),
      unsigned: await knock(scene, unsigned),
      forged: await knock(scene, `${head}.${forged}.${signature}`),
      cutSignature: await knock(scene, `${head}.${body}.`),
      otherSecret: await knock(scene, await scene.ticket({ secret: `${SECRET}!` })),
      expired: await knock(scene, await scene.ticket({ lifetimeSeconds: -1 })),
      endless: await knock(scene, endless),
      otherAlgorithm: await knock(scene, hs512),
      otherAudience: await knock(scene, otherAudience),
      otherRoom: await knock(scene, await scene.ticket({ room: crypto.randomUUID() })),
    };
    const { ticketRefused, forbidden } = closeCodes;
    expect(answers).toEqual({
      good: null,
      none: ticketRefused,
      garbage: ticketRefused,
      unsigned: ticketRefused,
      forged: ticketRefused,
      cutSignature: ticketRefused,
      otherSecret: ticketRefused,
      expired: ticketRefused,
      endless: ticketRefused,
      otherAlgorithm: ticketRefused,
      otherAudience: ticketRefused,
      otherRoom: forbidden,
    });
  });

  it("RM10: keeps out a ticket that names another workspace than the thread's", async () => {
    const scene = new Scene();
    await scene.join(await scene.openRoom());
    expect(await knock(scene, await scene.ticket({ workspace: crypto.randomUUID() }))).toBe(
      closeCodes.forbidden,
    );
  });

  it("RM11: takes sockets from the app's own Origin only", async () => {
    const scene = new Scene();
    const ticket = await scene.ticket();
    expect(await knock(scene, ticket, ORIGIN)).toBeNull();
    for (const origin of [null, "null", "https://evil.example", `${ORIGIN}.evil.example`]) {
      expect(await knock(scene, ticket, origin)).toBe(closeCodes.forbidden);
    }
    expect(allowedOrigins("http://localhost:3000")).toEqual([
      "http://127.0.0.1:3000",
      "http://localhost:3000",
      "http://[::1]:3000",
    ]);
  });

  it("RM12: a viewer reads and neither sends nor stops", async () => {
    const scene = new Scene();
    const crew = scriptedCrew((run) => stepsFrom(run.request));
    scene.runCrew = crew.runCrew;
    const room = await scene.openRoom();
    const viewer = await scene.join(room, 0, { role: "viewer" });
    await tell(room, viewer, send("hello"));
    await tell(room, viewer, { type: "run.cancel", runId: crypto.randomUUID() });
    expect(viewer.messages.slice(1)).toMatchObject([
      { type: "refusal", code: "not-allowed" },
      { type: "refusal", code: "not-allowed" },
    ]);
    expect(crew.runs).toHaveLength(0);
    await tell(room, await scene.join(room), send("hello"));
    expect(viewer.events.length).toBeGreaterThan(10);
  });
});

describe("frames that break the rules", () => {
  it("RM13: each gets its answer, and a client that goes on is closed", async () => {
    const scene = new Scene();
    const room = await scene.openRoom();
    const socket = await scene.join(room, null);
    const frames: [unknown, string][] = [
      [JSON.stringify(send("before hello")), "hello-first"],
      ["{", "malformed"],
      ["[]", "malformed"],
      ["null", "malformed"],
      ["[".repeat(100_000), "malformed"],
      ['{"type":"launch"}', "malformed"],
      [`{"type":"hello","v":${PROTOCOL_VERSION},"lastSeq":-1}`, "malformed"],
      ['{"type":"message.send","id":"7","text":"x"}', "malformed"],
      [new ArrayBuffer(8), "malformed"],
      ["x".repeat(FRAME_MAX_BYTES + 1), "too-large"],
      ["é".repeat(FRAME_MAX_BYTES / 2 + 1), "too-large"],
    ];
    for (const [frame, code] of frames) {
      await room.receive(socket.id, frame);
      expect(socket.messages.at(-1)).toMatchObject({ type: "refusal", code });
    }
    expect(socket.closed).toBeNull();
    for (let more = frames.length; more <= STRIKES_MAX; more++) await room.receive(socket.id, "{");
    expect(socket.closed?.code).toBe(closeCodes.abusive);
    socket.take();
    await room.receive(socket.id, "{");
    expect(socket.frames).toEqual([]);
  });

  it("RM13: a flood is refused and closed; a steady client is not", async () => {
    const scene = new Scene();
    const room = await scene.openRoom();
    const [flood, steady] = [await scene.join(room), await scene.join(room)];
    for (let frame = 0; frame < 200; frame++) {
      await room.receive(flood.id, '{"type":"ping"}');
    }
    expect(flood.messages.filter(({ type }) => type === "pong")).toHaveLength(59);
    expect(flood.messages.at(-1)).toMatchObject({ code: "rate-limited", retry: true });
    expect(flood.closed?.code).toBe(closeCodes.abusive);
    for (let frame = 0; frame < 200; frame++) {
      await room.receive(steady.id, '{"type":"ping"}');
      await scene.clock.advance(50);
    }
    expect(steady.closed).toBeNull();
    expect(steady.messages.filter(({ type }) => type === "pong")).toHaveLength(200);
  }, 60_000);

  it("RM15: a client of another version is told to reload", async () => {
    const scene = new Scene();
    const room = await scene.openRoom();
    const old = await scene.join(room, null);
    await tell(room, old, { type: "hello", v: 0, since: "yesterday" });
    expect(old.messages).toMatchObject([{ type: "refusal", code: "outdated-client" }]);
    expect(old.closed?.code).toBe(closeCodes.outdatedClient);
  });
});

describe("without a socket", () => {
  it("RM21: a message by POST starts a run, and GET reads what came of it", async () => {
    const scene = new Scene();
    const crew = scriptedCrew((run) => stepsFrom(run.request));
    scene.runCrew = crew.runCrew;
    const room = await scene.openRoom();
    const bearer = await scene.ticket();
    const message = send("hello");
    const post = () =>
      answerRequest(room, visit("", { method: "POST", bearer, body: JSON.stringify(message) }));
    const ack = { status: 200, body: { type: "ack", id: message.id, seq: 1 } };
    expect(await post()).toEqual(ack);
    expect(await post()).toEqual(ack);
    await settle();
    expect(crew.runs).toHaveLength(1);
    const read = await answerRequest(room, visit("?after=12", { bearer }));
    expect(read).toMatchObject({
      status: 200,
      body: {
        seq: 14,
        activeRunId: null,
        events: [{ seq: 13 }, { seq: 14, event: { type: "run-finished" } }],
      },
    });
  });

  it("RM21: says by status what a socket says by refusal", async () => {
    const scene = new Scene();
    const room = await scene.openRoom();
    const bearer = await scene.ticket();
    const status = async (body: unknown, options: Parameters<typeof visit>[1] = {}) =>
      (
        await answerRequest(
          room,
          visit("", { method: "POST", bearer, body: JSON.stringify(body), ...options }),
        )
      ).status;
    expect(await status(send("x".repeat(10_001)))).toBe(422);
    expect(await status({ type: "ping" })).toBe(400);
    expect(await status(send("x".repeat(FRAME_MAX_BYTES)))).toBe(413);
    expect(await status(send("x"), { method: "DELETE" })).toBe(405);
    expect(await status(send("x"), { bearer: "garbage" })).toBe(401);
    expect(await status(send("x"), { origin: "https://evil.example" })).toBe(403);
    expect(await status(send("x"), { bearer: await scene.ticket({ role: "viewer" }) })).toBe(403);
    const foreign = await scene.ticket({ room: crypto.randomUUID() });
    expect(await status(send("x"), { bearer: foreign })).toBe(403);
    expect((await judgeRequest(scene.threadId, visit("", { bearer: foreign }), 0, rules))?.status)
      // Judged by its own clock: at time 0 the ticket is alive, and still another room's.
      .toBe(403);
  });

  it("RM24: a wake token wakes its room and opens nothing else", async () => {
    const scene = new Scene();
    const wakeToken = (room: string) =>
      new SignJWT({ room, workspace: scene.workspaceId })
        .setProtectedHeader({ alg: "HS256" })
        .setAudience(WAKE_AUDIENCE)
        .setExpirationTime(Math.floor(scene.clock.now() / 1_000) + 60)
        .sign(new TextEncoder().encode(SECRET));
    const room = await scene.openRoom();
    const bearer = await wakeToken(scene.threadId);
    const post = (path: string, token: string) =>
      answerRequest(room, visit(path, { method: "POST", bearer: token }));
    expect(await post("/wake", bearer)).toEqual({
      status: 200,
      body: { seq: 0, activeRunId: null, refused: 0 },
    });
    expect((await post("", bearer)).status).toBe(401);
    expect((await post("/wake", await scene.ticket())).status).toBe(401);
    expect((await post("/wake", await wakeToken(crypto.randomUUID()))).status).toBe(403);
  });
});
