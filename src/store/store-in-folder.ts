import type { StateProblem } from "./problem";
import type { StateFolder } from "./state-folder";
import type { StateStore } from "./store";

/** A store whose file lies in a folder: it has the folder's problems beside its own. */
export class StoreInFolder implements StateStore {
  constructor(
    private readonly folder: StateFolder,
    private readonly store: StateStore & { delete(): Promise<void> },
  ) {}

  get place(): string | undefined {
    return this.store.place;
  }

  get problem(): StateProblem | undefined {
    return this.folder.problem ?? this.store.problem;
  }

  get copyId(): string | undefined {
    return this.folder.copyId;
  }

  use(changed: () => void): () => Promise<void> {
    return this.folder.use(changed);
  }

  async load(): Promise<unknown> {
    await this.folder.look();
    return this.store.load();
  }

  save(document: unknown): Promise<void> {
    return this.store.save(document);
  }

  async update(change: (document: unknown) => unknown): Promise<void> {
    if (this.store.update) await this.store.update(change);
    else await this.store.save(change(await this.store.load()));
  }

  delete(): Promise<void> {
    return this.store.delete();
  }
}
