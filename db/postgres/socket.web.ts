/** The WebSocket that Postgres transactions travel over where the platform brings one. */
export const NeonSocket = globalThis.WebSocket;
