import type { AccountChanges } from "./account-changes";
import type { ImportForm } from "./credential-file";
import type { CredentialSignIn } from "./credential-sign-in";
import { parseImportedCredentials } from "./imported-credentials";

/** Signs in with a credential file of another program. */
export class FileSignIn {
  constructor(
    private readonly changes: AccountChanges,
    private readonly credentials: CredentialSignIn,
  ) {}

  /**
   * @throws SpotifyError INVALID_ARGUMENT if the file has none of the known forms; as `AccountChanges.known`; as
   *   `CredentialSignIn.signIn`
   */
  async import(text: string, cancelled?: AbortSignal): Promise<{ username: string; form: ImportForm }> {
    await this.changes.known();
    const { credentials, form } = parseImportedCredentials(text);
    const username = await this.changes.within(cancelled, (signal) =>
      this.credentials.signIn(credentials, "import", signal),
    );
    return { username, form };
  }
}
