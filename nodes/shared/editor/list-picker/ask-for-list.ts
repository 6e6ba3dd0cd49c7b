/** What Node-RED lists of an account. */
export type ListName = "devices" | "playlists";

/** @throws jqXHR, whose `responseJSON.error` says why not */
export async function askForList(account: string, name: ListName): Promise<readonly unknown[]> {
  // Relative, or Node-RED would not send who asks.
  const url = `spotify-session/${encodeURIComponent(account)}/${name}`;
  const answer: unknown = await $.ajax({ url, dataType: "json" });
  return Array.isArray(answer) ? (answer as unknown[]) : [];
}
