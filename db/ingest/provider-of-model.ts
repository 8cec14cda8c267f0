import { findProvider } from "@pydantic/genai-prices";

const REMEMBERED = 5_000;

/** Names providers and models as the price catalogue does. One per import; remembers what it has answered. */
export class ProviderNames {
  private readonly known = new Map<string, { provider: string; model: string }>();

  /**
   * `vertex_ai` becomes the catalogue's `google`; a log without a provider gets the catalogue's for the model, also
   * from a prefix like `anthropic/claude-haiku-4-5`. What the catalogue does not know stays as it is.
   */
  resolve(provider: string, model: string): { provider: string; model: string } {
    const key = `${provider}\n${model}`;
    const remembered = this.known.get(key);
    if (remembered) return remembered;
    const named = resolveName(provider, model);
    if (this.known.size < REMEMBERED) this.known.set(key, named);
    return named;
  }
}

function resolveName(provider: string, model: string): { provider: string; model: string } {
  if (provider !== "") {
    const id = provider.toLowerCase();
    return { provider: findProvider({ providerId: id })?.id ?? provider, model };
  }
  if (model === "") return { provider, model };
  const slash = model.indexOf("/");
  if (slash > 0) {
    const prefix = findProvider({ providerId: model.slice(0, slash).toLowerCase() });
    if (prefix) return { provider: prefix.id, model: model.slice(slash + 1) };
  }
  return { provider: findProvider({ modelId: model })?.id ?? "", model };
}
