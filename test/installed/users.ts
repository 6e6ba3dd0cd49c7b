/** A Node-RED with users: who they are, and how they log in. */
import assert from "node:assert/strict";

/** All users have this password. */
export const PASSWORD = "password";
/** The hash of that password: the example from Node-RED's own documentation. */
const HASH = "$2a$08$zZWtXTja0fB1pzD4sHCMyOCMYz2Z6dNbM6tl8sJogENOMcxWV9DN.";

/** For settings.js: a user who may do all, one who may read all, and one who may read only the flows. */
export const ADMIN_AUTH = {
  type: "credentials",
  users: [
    { username: "admin", password: HASH, permissions: "*" },
    { username: "reader", password: HASH, permissions: "read" },
    { username: "guest", password: HASH, permissions: ["flows.read"] },
  ],
};

/** @param url URL of the editor @returns the user's token */
export async function logIn(url: string, username: string): Promise<string> {
  const response = await fetch(new URL("auth/token", url), {
    method: "POST",
    body: new URLSearchParams({
      client_id: "node-red-admin",
      grant_type: "password",
      scope: "",
      username,
      password: PASSWORD,
    }),
  });
  const { access_token: token } = (await response.json()) as { access_token?: string };
  assert.ok(token, `${username} can log in`);
  return token;
}
