import { SpotifyError, type SpotifyErrorDetails } from "../core/errors";

/** A source answered, and neither with a token that can be used nor with a refusal that is known. */
export class UnexpectedAnswer extends SpotifyError {
  constructor(message: string, details: SpotifyErrorDetails) {
    super("PROTOCOL_ERROR", message, details);
  }
}
