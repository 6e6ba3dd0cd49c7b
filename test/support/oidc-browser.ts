/** A browser that clicks its way through the pages of `oidc-provider`'s own login, consent and device pages. */
export class OidcBrowser {
  readonly #cookies = new Map<string, string>();

  /**
   * Opens an address, logs in and agrees (or cancels), and follows until the server sends it to `redirectUri` or shows a
   * page without a form.
   * @returns where it ended
   */
  async open(address: string, { agrees = true, redirectUri = "nowhere:" } = {}): Promise<string> {
    let url = address;
    let form: URLSearchParams | undefined;
    let hasCancelled = false;
    for (let steps = 0; steps < 30; steps++) {
      if (url.startsWith(redirectUri)) return url;
      const response = await fetch(url, {
        redirect: "manual",
        headers: { cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ") },
        ...(form && { method: "POST", body: form }),
      });
      form = undefined;
      for (const cookie of response.headers.getSetCookie()) {
        const [name = "", value = ""] = cookie.split(";")[0]!.split("=", 2);
        if (value === "") this.#cookies.delete(name);
        else this.#cookies.set(name, value);
      }
      const location = response.headers.get("location");
      if (location !== null) {
        url = new URL(location, url).href;
        continue;
      }
      const page = await response.text();
      const action = /<form[^>]*action="([^"]+)"/.exec(page)?.[1];
      if (action === undefined || hasCancelled) return url;
      if (!agrees) {
        const cancel = /href="([^"]*\/abort)"/.exec(page)?.[1];
        if (cancel !== undefined) {
          url = new URL(cancel, url).href;
          continue;
        }
      }
      form = fieldsOf(page);
      hasCancelled = !agrees && /name="abort"/.test(page);
      if (hasCancelled) form.set("abort", "yes");
      url = new URL(action.replace(/&amp;/g, "&"), url).href;
    }
    throw new Error(`This leads nowhere: ${url}`);
  }
}

/** The fields that a person would send: the hidden ones, and a name and a password if requested. */
function fieldsOf(page: string): URLSearchParams {
  const form = new URLSearchParams();
  for (const [input] of page.matchAll(/<input[^>]*>/g)) {
    const name = /name="([^"]*)"/.exec(input)?.[1];
    const value = /value="([^"]*)"/.exec(input)?.[1];
    if (name !== undefined) form.set(name, value ?? (name === "login" || name === "password" ? "mira" : ""));
  }
  if (/name="login"/.test(page)) form.set("login", "mira");
  return form;
}
