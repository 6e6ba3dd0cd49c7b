import assert from "node:assert/strict";
import { inspect } from "node:util";
import { LoginError } from "../../src/proto/gen/login5_pb";
import { CLIENT_IDS } from "../../src/core/knowledge";
import { Outcome } from "../support/failure";
import { useStage } from "../support/stage";
import { CREDENTIAL, granted, loggedIn, loginError, type Scripted } from "./scripted-spotify";
import { useScripted } from "./use-scripted";

const CLIENT_TOKEN = "a-client-token-that-is-secret";
const ACCESS_TOKEN = "an-access-token-that-is-secret";
const SECRETS = [
  CLIENT_TOKEN,
  ACCESS_TOKEN,
  ...(["utf8", "base64", "hex"] as const).map((form) => Buffer.from(CREDENTIAL.data).toString(form)),
];

/** A refusal that repeats the whole request, like that of a careless server. */
const TELLTALE = JSON.stringify({ CLIENT_TOKEN, ACCESS_TOKEN, credential: CREDENTIAL.data.toString() });

describe("the errors of login5 and the client token", () => {
  const scripted = useScripted();
  const stage = useStage();

  const cut = (answer: Scripted): Scripted => ({ body: (answer.body as Uint8Array).subarray(0, -3) });
  const logins: readonly Scripted[] = [
    { body: TELLTALE },
    ...[400, 401, 403, 404, 429, 500].map((status) => ({ status, body: TELLTALE })),
    { status: 401, body: TELLTALE, headers: { "client-token-error": CLIENT_TOKEN } },
    { drop: true },
    cut(loggedIn(ACCESS_TOKEN)),
    loggedIn(`${ACCESS_TOKEN}\n`),
    loggedIn(ACCESS_TOKEN, { lifetime: 1 }),
    ...Object.values(LoginError)
      .filter((error) => typeof error === "number")
      .map(loginError),
  ];
  const clientTokens: readonly Scripted[] = [
    { body: TELLTALE },
    ...[400, 401, 429, 500].map((status) => ({ status, body: TELLTALE })),
    cut(granted(CLIENT_TOKEN)),
    granted(`${CLIENT_TOKEN}\n`),
    granted(CLIENT_TOKEN, { expires: 1 }),
  ];

  async function silentAboutSecrets(): Promise<void> {
    const outcome = new Outcome(
      scripted.current.login5().mint([], CLIENT_IDS.keymaster, new AbortController().signal),
    );
    await stage.current.time.until(() => !outcome.pending, 120_000);
    const { error } = outcome;
    assert.ok(error, "it succeeded");
    const said = [
      inspect(error, { depth: 20, showHidden: true, maxStringLength: null, maxArrayLength: null }),
      JSON.stringify(error),
      error.message,
      error.stack,
      inspect(error.cause, { depth: 20, showHidden: true }),
    ].join("\n");
    for (const secret of SECRETS) assert.ok(!said.includes(secret.slice(0, 20)), said);
  }

  for (const [i, login] of logins.entries()) {
    it(`contain no token and no credential: login ${i}`, async () => {
      scripted.current.logins = [login];
      await silentAboutSecrets();
    });
  }

  for (const [i, clientToken] of clientTokens.entries()) {
    it(`contain no token and no credential: client token ${i}`, async () => {
      scripted.current.clientTokens = [clientToken];
      await silentAboutSecrets();
    });
  }
});
