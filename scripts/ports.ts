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

/** A port that nobody else gets until it is released. */
export interface HeldPort {
  port: number;
  /** Resolves when the port is free for whoever is to have it. Harmless when called twice. */
  release(): Promise<void>;
}

/**
 * Takes the port the variable asks for, or the first free one from `preferred` upwards when it asks for
 * none. Held, because what starts meanwhile takes any free port, and those that the system gives away
 * (32768 and up on Linux) may be the very one.
 * @throws PortTakenError when the variable names a port that is taken.
 */
export async function holdPort(
  env: Readonly<Record<string, string | undefined>>,
  variable: string,
  preferred: number,
  host = "127.0.0.1",
): Promise<HeldPort> {
  const asked = env[variable];
  if (asked) {
    const held = await hold(Number(asked), host);
    if (held) return held;
    throw new PortTakenError(Number(asked), variable);
  }
  for (let port = preferred; port < preferred + 100; port++) {
    const held = await hold(port, host);
    if (held) return held;
  }
  throw new PortTakenError(preferred, variable);
}

/** As holdPort, for who takes the port at once. */
export async function choosePort(...wanted: Parameters<typeof holdPort>): Promise<number> {
  const { port, release } = await holdPort(...wanted);
  await release();
  return port;
}

function hold(port: number, host: string): Promise<HeldPort | null> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.once("error", () => resolve(null));
    server.listen({ port, host, exclusive: true }, () => {
      const release = () => new Promise<void>((released) => server.close(() => released()));
      resolve({ port, release });
    });
  });
}
