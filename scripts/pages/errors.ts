/** `docs/errors.md`: every error code. */
import { ERROR_GUIDE, RETRY_WORDS } from "../../src/core/error-guide";
import type { SpotifyErrorCode } from "../../src/core/errors";
import { KEYMASTER_REFUSAL_REPORT } from "../../src/core/knowledge";
import { code, link, table } from "./markdown";

const CODES = Object.keys(ERROR_GUIDE) as SpotifyErrorCode[];

export const errors = {
  errors: (): string => {
    const rows = CODES.map((name) => {
      const { cause, action, retry } = ERROR_GUIDE[name];
      return [code(name), cause, action, RETRY_WORDS[retry]];
    });
    return [
      table(["code", "what happened", "what to do", "ask again?"], rows),
      `That keymaster refuses whole accounts is reported in ${link(KEYMASTER_REFUSAL_REPORT)}.`,
    ].join("\n\n");
  },
  examples: (): string => CODES.map((name) => `- ${code(name)}: ${ERROR_GUIDE[name].example}`).join("\n"),
};
