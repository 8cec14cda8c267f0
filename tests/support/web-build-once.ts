import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestProject } from "vitest/node";
import { buildWeb } from "./web-server";

declare module "vitest" {
  interface ProvidedContext {
    webBuildUrl: string;
  }
}

/**
 * One build of the web server for all test files of a run, made when the first of them asks; built-web.ts asks.
 * A GET is answered with its entry, or with 500 and what the compiler said.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  let build: ReturnType<typeof buildWeb> | undefined;
  const server = createServer(async (_request, response) => {
    build ??= buildWeb();
    try {
      response.end((await build).entry);
    } catch (cause) {
      response.writeHead(500).end(String(cause));
    }
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  project.provide("webBuildUrl", `http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  return async () => {
    server.closeAllConnections();
    server.close();
    (await build?.catch(() => undefined))?.remove();
  };
}
