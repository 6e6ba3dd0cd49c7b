/**
 * The sign-in that another player keeps: a box to paste or drop its file into, checked as it arrives. A deployed
 * session takes it over at once. Before that it is kept in Node-RED's credentials; what is stored there never comes
 * back, and in its place stands the word Node-RED uses for a password that it keeps.
 */
import { LARGEST_FILE } from "../../../src/account/credential-file";
import { checkCredential, textOf } from "./credential";
import { byId } from "../../shared/editor/dom";
import { readImported } from "./sign-in/answers";
import { message } from "./sign-in/message";
import type { WayOptions } from "./sign-in/way";

/** What Node-RED puts into the input of a stored password, and takes back as "unchanged". */
const UNCHANGED = "__PWRD__";

export interface CredentialField {
  /** To be called before Node-RED reads the inputs. */
  save(): void;
  /** Has Node-RED forget what it stores, with the next deploy. @returns whether it stores anything */
  forget(): boolean;
  /** Says nothing any more of what was imported: the account was signed out. */
  reset(): void;
  /** A file was dropped somewhere in the dialog. */
  takeFile(file: File): void;
  /** Says anew what will become of what is in the box. */
  refresh(): void;
}

export interface CredentialFieldOptions extends Omit<WayOptions, "life"> {
  /** Whether there is a session that can take it over at once. */
  isDeployed(): boolean;
}

export function credentialField(options: CredentialFieldOptions): CredentialField {
  const { ask, translate, begun, signedIn, doneText, isDeployed } = options;
  const input = byId("node-config-input-librespotCredentials", HTMLTextAreaElement);
  const stored = byId("spotify-credential-stored", HTMLElement);
  const entry = byId("spotify-credential-entry", HTMLElement);
  const said = message(byId("spotify-credential-message", HTMLElement), translate);
  const file = byId("spotify-credential-file", HTMLInputElement);
  const chooseFile = byId("spotify-credential-choose", HTMLButtonElement);
  const importNow = byId("spotify-credential-import", HTMLButtonElement);
  const replace = byId("spotify-credential-replace", HTMLButtonElement);
  const keep = byId("spotify-credential-keep", HTMLButtonElement);
  let isStored = input.value === UNCHANGED;
  let isForgotten = false;
  let isBusy = false;

  const check = (): void => {
    if (isBusy || input.value === UNCHANGED) return;
    const result = checkCredential(input.value);
    input.setAttribute("aria-invalid", String(result.state === "bad"));
    importNow.hidden = result.state !== "good" || !isDeployed();
    if (result.state === "empty") said.clear();
    else if (result.state === "variable") said.say("info", translate("credential.variable"));
    else if (result.state === "bad") said.say("bad", translate(`credential.problem.${result.problem}`));
    else {
      const key = isDeployed() ? "credential.good" : "credential.goodLater";
      said.say("good", translate(key, { username: result.username }));
    }
  };

  const showEntry = (open: boolean): void => {
    stored.hidden = open;
    entry.hidden = !open;
    keep.hidden = !isStored;
  };

  const put = (text: string): void => {
    input.value = text;
    check();
    $(input).trigger("change");
  };

  const takeOver = async (fileName?: string): Promise<void> => {
    if (isBusy) return;
    isBusy = true;
    begun();
    importNow.disabled = true;
    const text = input.value.trim();
    said.say("busy", translate("credential.importing"));
    const result = await ask("POST", "import", { text, ...(fileName !== undefined && { fileName }) });
    isBusy = false;
    importNow.disabled = false;
    if (!result.ok) {
      importNow.hidden = false;
      return said.fail(result.failure);
    }
    put("");
    said.say("good", doneText(readImported(result.body).username));
    signedIn();
  };

  /** A pasted or dropped text needs no button: it is imported at once, if that is possible. */
  const take = (text: string, fileName?: string): void => {
    showEntry(true);
    put(text.trim());
    if (isDeployed() && checkCredential(input.value).state === "good") void takeOver(fileName);
  };

  const takeFile = async (chosen: File | undefined): Promise<void> => {
    if (chosen === undefined) return;
    showEntry(true);
    if (chosen.size > LARGEST_FILE) said.say("bad", translate("credential.problem.tooLong"));
    else take(textOf(new Uint8Array(await chosen.arrayBuffer())), chosen.name);
  };

  replace.addEventListener("click", () => {
    put("");
    showEntry(true);
    input.focus();
  });
  keep.addEventListener("click", () => {
    input.value = UNCHANGED;
    said.clear();
    showEntry(false);
    replace.focus();
  });
  input.addEventListener("input", (event) => {
    check();
    const isPasted = event instanceof InputEvent && event.inputType === "insertFromPaste";
    if (isPasted) take(input.value);
  });
  importNow.addEventListener("click", () => void takeOver());
  chooseFile.addEventListener("click", () => file.click());
  file.addEventListener("change", () => {
    void takeFile(file.files?.[0]);
    file.value = "";
  });

  showEntry(!isStored);
  check();

  return {
    save() {
      const text = input.value.trim();
      const result = checkCredential(text);
      if (isStored && text === "") input.value = UNCHANGED;
      else if (isForgotten && text === UNCHANGED) input.value = "";
      else input.value = result.state === "good" ? result.credentials : text;
    },
    forget() {
      if (!isStored) return false;
      isStored = false;
      isForgotten = true;
      put("");
      showEntry(true);
      return true;
    },
    reset() {
      said.clear();
      check();
    },
    takeFile: (dropped) => void takeFile(dropped),
    refresh: check,
  };
}
