/** The WebSocket that Postgres transactions travel over on Node, which has none of its own before 22. */
export { WebSocket as NeonSocket } from "ws";
