/** A browser without a window: keeps cookies per host and path, follows redirects one by one. */
export class CookieJar {
  readonly #cookies = new Map<
    string,
    { host: string; path: string; name: string; value: string }
  >();

  /** One request, no redirect followed. Cookies go along and come back as in a browser. */
  async fetch(address: string | URL, init: RequestInit = {}): Promise<Response> {
    const url = new URL(address);
    const headers = new Headers(init.headers);
    const cookie = this.headerFor(url);
    if (cookie !== "") headers.set("Cookie", cookie);
    const response = await fetch(url, { ...init, headers, redirect: "manual" });
    for (const line of response.headers.getSetCookie()) this.#keep(url, line);
    return response;
  }

  /** Follows redirects until something else comes, or until `stopBefore` says so of the next address. */
  async visit(
    address: string | URL,
    init: RequestInit = {},
    stopBefore: (next: URL) => boolean = () => false,
  ): Promise<{ response: Response; url: URL; next: URL | null }> {
    let url = new URL(address);
    let response = await this.fetch(url, init);
    for (let hops = 0; hops < 20; hops++) {
      const location = response.headers.get("Location");
      if (response.status < 300 || response.status > 399 || !location) {
        return { response, url, next: null };
      }
      const next = new URL(location, url);
      if (stopBefore(next)) return { response, url, next };
      await response.body?.cancel();
      url = next;
      response = await this.fetch(url);
    }
    throw new Error(`Too many redirects, last to ${url}`);
  }

  headerFor(url: URL): string {
    return [...this.#cookies.values()]
      .filter((cookie) => cookie.host === url.host && url.pathname.startsWith(cookie.path))
      .map(({ name, value }) => `${name}=${value}`)
      .join("; ");
  }

  /** The jar as it is now: what somebody who copied the cookies has. */
  copy(): CookieJar {
    const copy = new CookieJar();
    for (const [key, cookie] of this.#cookies) copy.#cookies.set(key, cookie);
    return copy;
  }

  #keep(url: URL, line: string): void {
    const [pair = "", ...attributes] = line.split(/;\s*/);
    const name = pair.slice(0, pair.indexOf("="));
    const value = pair.slice(pair.indexOf("=") + 1);
    const attribute = (wanted: string) =>
      attributes
        .find((one) => one.toLowerCase().startsWith(`${wanted}=`))
        ?.slice(wanted.length + 1);
    const path = attribute("path") ?? "/";
    const key = `${url.host} ${path} ${name}`;
    const expires = attribute("expires");
    const gone =
      attribute("max-age") === "0" ||
      (expires !== undefined && new Date(expires).getTime() <= Date.now());
    if (gone) this.#cookies.delete(key);
    else this.#cookies.set(key, { host: url.host, path, name, value });
  }
}
