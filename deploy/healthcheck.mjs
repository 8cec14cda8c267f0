/** Ends with 0 when the web server and the rooms of this container are alive. */
const { PORT = "3000", ROOMS_PORT = "1999" } = process.env;

const alive = [PORT, ROOMS_PORT].map(async (port) => {
  const response = await fetch(`http://127.0.0.1:${port}/healthz`);
  if (!response.ok) throw new Error(`port ${port} answers ${response.status}`);
});
await Promise.all(alive);
