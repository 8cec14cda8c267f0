import { bodyPieces } from "../../../party/adapters/model/body-pieces";

/**
 * Asks an OpenAI-compatible endpoint and yields each token of its stream. The same code reads the
 * stream on every way that is compared: in Node, in the relay and in the room's crew.
 */
export async function* modelTokens(
  baseUrl: string,
  text: string,
  signal?: AbortSignal,
): AsyncGenerator<string> {
  const response = await fetch(`${baseUrl}/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      model: "bench",
      stream: true,
      messages: [{ role: "user", content: text }],
    }),
    ...(signal ? { signal } : {}),
  });
  if (!response.ok || !response.body) throw new Error(`The model answered ${response.status}`);
  const pieces = bodyPieces(response.body);
  const decoder = new TextDecoder();
  let rest = "";
  for (;;) {
    const piece = await pieces.next();
    if (piece === null) return;
    const lines = (rest + decoder.decode(piece, { stream: true })).split("\n\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const token = tokenOf(line);
      if (token) yield token;
    }
  }
}

function tokenOf(line: string): string | undefined {
  if (!line.startsWith("data: {")) return undefined;
  const chunk: { choices: { delta?: { content?: string } }[] } = JSON.parse(line.slice(6));
  return chunk.choices[0]?.delta?.content;
}
