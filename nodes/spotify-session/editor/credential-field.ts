/**
 * The sign-in: a box to paste or drop a credentials.json into, checked as it arrives. What is stored never comes
 * back from Node-RED; in its place stands the word Node-RED uses for a password that it keeps.
 */
import { checkCredential } from "./credential";
import { byId, icon } from "./dom";
import type { Translate } from "./translate";

/** What Node-RED puts into the input of a stored password, and takes back as "unchanged". */
const UNCHANGED = "__PWRD__";
/** A credentials.json has a few hundred bytes; nothing larger is one. */
const LARGEST_FILE = 64 * 1024;

export interface CredentialField {
  /** To be called before Node-RED reads the inputs. */
  save(): void;
}

export function credentialField(translate: Translate): CredentialField {
  const input = byId("node-config-input-librespotCredentials", HTMLTextAreaElement);
  const stored = byId("spotify-credential-stored", HTMLElement);
  const entry = byId("spotify-credential-entry", HTMLElement);
  const message = byId("spotify-credential-message", HTMLElement);
  const file = byId("spotify-credential-file", HTMLInputElement);
  const chooseFile = byId("spotify-credential-choose", HTMLButtonElement);
  const replace = byId("spotify-credential-replace", HTMLButtonElement);
  const keep = byId("spotify-credential-keep", HTMLButtonElement);
  const wasStored = input.value === UNCHANGED;

  const say = (kind: "none" | "good" | "bad", text: string): void => {
    message.dataset["kind"] = kind;
    input.setAttribute("aria-invalid", String(kind === "bad"));
    message.replaceChildren();
    if (kind === "none") return;
    message.append(icon(kind === "good" ? "check-circle" : "exclamation-triangle"), " ", text);
  };

  const check = (): void => {
    const result = checkCredential(input.value);
    if (result.state === "empty") say("none", "");
    else if (result.state === "bad") say("bad", translate(`credential.problem.${result.problem}`));
    else say("good", translate("credential.good", { username: result.username }));
  };

  const showEntry = (open: boolean): void => {
    stored.hidden = open;
    entry.hidden = !open;
    keep.hidden = !wasStored;
  };

  const take = (text: string): void => {
    input.value = text.trim();
    check();
    $(input).trigger("change");
  };

  const takeFile = async (chosen: File | undefined): Promise<void> => {
    if (chosen === undefined) return;
    if (chosen.size > LARGEST_FILE) {
      say("bad", translate("credential.problem.tooLarge"));
      return;
    }
    take(await chosen.text());
  };

  replace.addEventListener("click", () => {
    take("");
    showEntry(true);
    input.focus();
  });
  keep.addEventListener("click", () => {
    input.value = UNCHANGED;
    say("none", "");
    showEntry(false);
    replace.focus();
  });
  input.addEventListener("input", check);
  chooseFile.addEventListener("click", () => file.click());
  file.addEventListener("change", () => {
    void takeFile(file.files?.[0]);
    file.value = "";
  });
  for (const name of ["dragenter", "dragover"] as const) {
    entry.addEventListener(name, (event) => {
      // Node-RED would take the file for a flow to import.
      event.preventDefault();
      event.stopPropagation();
      entry.classList.add("spotify-drop");
    });
  }
  for (const name of ["dragleave", "drop"] as const) {
    entry.addEventListener(name, () => entry.classList.remove("spotify-drop"));
  }
  entry.addEventListener("drop", (event) => {
    event.preventDefault();
    event.stopPropagation();
    const dropped = event.dataTransfer?.files[0];
    if (dropped === undefined) take(event.dataTransfer?.getData("text") ?? "");
    else void takeFile(dropped);
  });

  showEntry(!wasStored);
  if (!wasStored) check();

  return {
    save() {
      const text = input.value.trim();
      input.value = wasStored && text === "" ? UNCHANGED : text;
    },
  };
}
