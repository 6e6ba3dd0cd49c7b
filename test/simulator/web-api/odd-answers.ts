/** Answers that no client expects, made from the right ones. */
import { struck, type Faults, type WebApiBody } from "../faults";
import type { HttpAnswer } from "../http";
import { isRecord } from "./json";

const TOO_LARGE = 10 * 1024 * 1024 + 1;
const JSON_TYPE = { "content-type": "application/json; charset=utf-8" };
const TEXT_TYPE = { "content-type": "text/plain; charset=utf-8" };

/** Changes an answer according to the faults. Refusals are not changed. */
export function oddAnswer(answer: HttpAnswer, faults: Faults): HttpAnswer {
  if (answer.status >= 300 || answer.drop === true) return answer;
  const odd = withNext(answer, faults);
  const kind = struck(faults, "webApiBody");
  return kind === undefined ? odd : { ...odd, status: 200, ...bodies(odd)[kind]() };
}

/** Changes the address of the next page, in the answer itself or in the list within it. */
function withNext(answer: HttpAnswer, faults: Faults): HttpAnswer {
  const { body } = answer;
  if (!isRecord(body)) return answer;
  const changed = (next: unknown): object => {
    if (isPage(body)) return { ...body, next };
    const entries = Object.entries(body);
    return Object.fromEntries(
      entries.map(([name, value]) => [name, isPage(value) ? { ...value, next } : value]),
    );
  };
  if (![body, ...Object.values(body)].some(isPage)) return answer;
  const next = struck(faults, "webApiNext");
  return next === undefined ? answer : { ...answer, body: changed(next) };
}

function isPage(value: unknown): value is Record<string, unknown> {
  return isRecord(value) && Array.isArray(value["items"]) && "next" in value;
}

function bodies({ body }: HttpAnswer): Record<WebApiBody, () => Pick<HttpAnswer, "body" | "headers">> {
  return {
    empty: () => ({ body: "", headers: JSON_TYPE }),
    null: () => ({ body: "null", headers: JSON_TYPE }),
    text: () => ({ body: "5imAck", headers: TEXT_TYPE }),
    html: () => ({ body: "<html><title>Sign in to the hotel's network</title></html>" }),
    "invalid-json": () => ({ body: '{"items": [', headers: JSON_TYPE }),
    "wrong-type": () => ({ body: JSON.stringify(body ?? {}), headers: TEXT_TYPE }),
    "too-large": () => ({ body: JSON.stringify({ filling: "x".repeat(TOO_LARGE) }), headers: JSON_TYPE }),
  };
}
