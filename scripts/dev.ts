/**
 * `npm run dev`: the whole product on this machine with nothing else installed. Saved changes reach
 * pages by hot module replacement and rooms by a reload. `-- --reset` begins with fresh demo data.
 */
import { existsSync } from "node:fs";
import { devRooms } from "../party/host/dev-rooms";
import { resetIfAsked } from "./ask-reset";
import { choosePort } from "./ports";
import { answers } from "./processes";
import { runProduct } from "./run-product";

if (existsSync(".env")) process.loadEnvFile(".env");
await resetIfAsked(process.argv.slice(2));

/** What tools print for themselves: progress, banners, each request. */
const quiet =
  /^\s*$|^-+$|REMIX DEV|building\.\.\.|PartyKit v|^\[pk:info\] (?:GET|POST|PUT|OPTIONS)/u;
// biome-ignore lint/suspicious/noControlCharactersInRegex: cursor movements are control characters
const cursorMoves = /\u001b\[\d*[A-GJK]/gu;
const remixDevPort = await choosePort({}, "", 3900);

await runProduct({
  environment: "development",
  embed: true,
  print: (name, raw) => {
    const line = raw.replace(cursorMoves, "");
    if (!quiet.test(line)) console.log(`[${name}] ${line}`);
  },
  processes: (context) => [
    {
      name: "rooms",
      ...devRooms(context),
      isReady: () => answers(`${context.here.rooms}/healthz`),
      readyWithinMs: 60_000,
    },
    {
      name: "web",
      command: "node_modules/.bin/remix",
      args: ["dev", "--port", String(remixDevPort), "-c", "node build/index.js"],
      env: {
        ...context.env,
        NODE_ENV: "development",
        REMIX_DEV_ORIGIN: `http://127.0.0.1:${remixDevPort}`,
      },
      isReady: () => answers(`${context.here.web}/healthz`),
      readyWithinMs: 120_000,
    },
  ],
});
