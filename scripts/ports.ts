import { createServer } from "node:net";

/** The port asked for is taken. */
export class PortTakenError extends Error {
  override readonly name = "PortTakenError";
  constructor(
    readonly port: number,
    readonly variable: string,
  ) {
    super(`Port ${port} is taken by another program. Stop it, or set ${variable} to a free port.`);
  }
}

/**
 * The port the variable asks for, or the first free one from `preferred` upwards when it asks for none.
 * @throws PortTakenError when the variable names a port that is taken.
 */
export async function choosePort(
  env: Readonly<Record<string, string | undefined>>,
  variable: string,
  preferred: number,
  host = "127.0.0.1",
): Promise<number> {
  const asked = env[variable];
  if (asked) {
    const port = Number(asked);
    if (await isFree(port, host)) return port;
    throw new PortTakenError(port, variable);
  }
  for (let port = preferred; port < preferred + 100; port++) {
    if (await isFree(port, host)) return port;
  }
  throw new PortTakenError(preferred, variable);
}

function isFree(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
