import assert from "node:assert/strict";
import type { TokenExchange } from "./accounts-relay";
import { Circumstances } from "./circumstances";
import { RefreshLedger } from "./refresh-ledger";

/** One app, whose refresh tokens are called 1, 2, 3. */
class Story {
  readonly shown = new Set<string>();
  readonly told: string[] = [];
  readonly circumstances = new Circumstances();
  readonly ledger = new RefreshLedger(this.circumstances, (accessToken) => this.shown.has(accessToken));

  constructor() {
    for (const name of ["attic", "kitchen", "cellar"]) this.circumstances.started(name, -100);
    this.ledger.on("reused", ({ clientId }) => this.told.push(clientId));
    this.asks("attic", undefined, 0, { refreshToken: "1", accessToken: "a1" });
  }

  asks(
    by: string,
    used: string | undefined,
    at: number,
    answer: { refreshToken?: string; accessToken?: string; error?: string },
  ): void {
    const grantType = used === undefined ? "authorization_code" : "refresh_token";
    const status = answer.error === undefined ? 200 : 400;
    const exchange: TokenExchange = {
      by,
      grantType,
      clientId: "app",
      used,
      arrivedAt: at,
      answer: { at: at + 5, status, ...answer },
    };
    this.ledger.answered(exchange);
  }

  /** The attic has replaced 1 by 2, and the kitchen uses 1. */
  oldOneUsed(happens: () => void = () => undefined): string[] {
    this.asks("attic", "1", 1000, { refreshToken: "2", accessToken: "a2" });
    happens();
    this.asks("kitchen", "1", 20_000, { error: "invalid_grant" });
    return this.ledger.reuses.map(({ cause }) => cause);
  }
}

describe("the ledger of refresh tokens", () => {
  let story: Story;
  beforeEach(() => (story = new Story()));

  it("counts refreshes, and nothing else while all Node-REDs use the newest token", () => {
    story.asks("attic", "1", 1000, { refreshToken: "2" });
    story.asks("kitchen", "2", 2000, { refreshToken: "3" });
    assert.deepEqual([story.ledger.refreshes, story.ledger.reuses, story.told], [2, [], []]);
  });

  it("calls it a mistake if no Node-RED was killed", () => {
    assert.deepEqual(story.oldOneUsed(), ["mistake"]);
    assert.deepEqual(story.told, ["app"]);
  });

  it("calls it unavoidable if the Node-RED with the new token was killed at once", () => {
    assert.deepEqual(
      story.oldOneUsed(() => story.circumstances.killed("attic", 1050)),
      ["killed"],
    );
    assert.equal(story.ledger.reuses[0]?.heldFor, 45);
  });

  it("calls it unavoidable if that Node-RED was killed before the answer came", () => {
    assert.deepEqual(
      story.oldOneUsed(() => story.circumstances.killed("attic", 1002)),
      ["killed"],
    );
  });

  it("calls it unavoidable if the request was on its way when its sender was killed", () => {
    const happens = (): void => {
      story.circumstances.killed("attic", 990);
      story.circumstances.started("attic", 1200);
      story.circumstances.killed("attic", 9000);
    };
    assert.deepEqual(story.oldOneUsed(happens), ["killed"]);
    assert.equal(story.ledger.reuses[0]?.heldFor, undefined);
  });

  it("calls it a mistake if another Node-RED was killed, or this one before it asked", () => {
    const happens = (): void => {
      story.circumstances.killed("cellar", 1050);
      story.circumstances.killed("attic", 900);
      story.circumstances.started("attic", 950);
    };
    assert.deepEqual(story.oldOneUsed(happens), ["mistake"]);
  });

  it("calls it a mistake if a flow received the token before it was stored", () => {
    const happens = (): void => {
      story.shown.add("a2");
      story.circumstances.killed("attic", 1050);
    };
    assert.deepEqual(story.oldOneUsed(happens), ["mistake"]);
  });

  it("calls it a mistake if the Node-RED had enough time to store the token", () => {
    assert.deepEqual(
      story.oldOneUsed(() => story.circumstances.killed("attic", 9000)),
      ["mistake"],
    );
  });

  it("counts it separately if the store could not be written meanwhile", () => {
    const happens = (): void => {
      const back = story.circumstances.storeAway(500);
      story.shown.add("a2");
      story.circumstances.killed("attic", 9000);
      back(9500);
    };
    assert.deepEqual(story.oldOneUsed(happens), ["storeAway"]);
  });

  it("calls it a mistake if the store was away at another time", () => {
    const happens = (): void => {
      story.circumstances.storeAway(100)(900);
      story.circumstances.killed("attic", 9000);
    };
    assert.deepEqual(story.oldOneUsed(happens), ["mistake"]);
  });

  it("calls it a mistake if the new token was stored, but the old one was used", () => {
    const happens = (): void => {
      story.circumstances.killed("attic", 1050);
      story.asks("cellar", "2", 15_000, { refreshToken: "3" });
    };
    assert.deepEqual(story.oldOneUsed(happens), ["mistake"]);
  });

  it("calls it a mistake if the same token is used once more", () => {
    story.oldOneUsed(() => story.circumstances.killed("attic", 1050));
    story.asks("cellar", "1", 21_000, { error: "invalid_grant" });
    assert.deepEqual(
      story.ledger.reuses.map(({ cause }) => cause),
      ["killed", "mistake"],
    );
  });

  it("calls that unavoidable if the Node-RED that was refused was killed before it could report it", () => {
    story.oldOneUsed(() => story.circumstances.killed("attic", 1050));
    story.circumstances.killed("kitchen", 20_010);
    story.asks("cellar", "1", 33_000, { error: "invalid_grant" });
    assert.deepEqual(
      story.ledger.reuses.map(({ cause }) => cause),
      ["killed", "killed"],
    );
  });

  it("calls that a mistake if that Node-RED had enough time to report it", () => {
    story.oldOneUsed(() => story.circumstances.killed("attic", 1050));
    story.circumstances.killed("kitchen", 25_000);
    story.asks("cellar", "1", 33_000, { error: "invalid_grant" });
    assert.deepEqual(
      story.ledger.reuses.map(({ cause }) => cause),
      ["killed", "mistake"],
    );
  });
});
