import type * as Party from "partykit/server";
import { modelTokens } from "./model-stream";

/** What is compared with: sends each token of the model as a frame of its own, and keeps nothing. */
export class RelayRoom implements Party.Server {
  constructor(private readonly party: Party.Room) {}

  /** The frame is the text for the model. */
  async onMessage(text: unknown): Promise<void> {
    try {
      for await (const token of modelTokens(String(this.party.env.OPENAI_BASE_URL), String(text))) {
        this.party.broadcast(JSON.stringify({ type: "token", text: token }));
      }
      this.party.broadcast('{"type":"done"}');
    } catch (error) {
      this.party.broadcast(JSON.stringify({ type: "broken", text: String(error) }));
    }
  }
}
