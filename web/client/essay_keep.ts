// Keeping what is typed: at once on this device, soon after at school. A text that
// was changed in two places is never overwritten: whoever writes it chooses.

import { need } from "./essay";

const localAfter = 150; // milliseconds after a keystroke
const schoolAfter = 4000;
const retryAfter = 15_000;

interface Local {
  text: string;
  base: number;
}

export class Keeper {
  private readonly key: string;
  private readonly url: string;
  private base: number;
  private kept: string; // as the school has it
  private local = 0;
  private later = 0;
  private saving = false;
  private conflicted = false;

  constructor(
    form: HTMLFormElement,
    private readonly text: HTMLTextAreaElement,
    private readonly say: (key: string, more?: string) => void,
  ) {
    const session = form.dataset["session"] ?? "";
    this.key = `maieutic.draft.${form.dataset["account"] ?? ""}.${session}`;
    this.url = `/v1/sessions/${session}/saved`;
    this.base = Number(form.dataset["base"] ?? "0");
    this.kept = text.value;
    this.takeUp();
    window.addEventListener("pagehide", () => this.write());
    window.addEventListener("online", () => void this.save());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") {
        this.write();
        void this.save();
      }
    });
  }

  // typed keeps what was just typed.
  typed(): void {
    window.clearTimeout(this.local);
    this.local = window.setTimeout(() => this.write(), localAfter);
    this.soon(schoolAfter);
  }

  // forget drops the copy on this device: the draft is handed in.
  forget(): void {
    window.clearTimeout(this.local);
    window.clearTimeout(this.later);
    try {
      localStorage.removeItem(this.key);
    } catch {
      // Where nothing can be stored there is nothing to remove.
    }
  }

  // save keeps the text at school, and tells of a text that came from elsewhere.
  async save(): Promise<void> {
    if (this.saving || this.conflicted || this.text.value === this.kept) return;
    this.saving = true;
    const sent = this.text.value;
    this.say("essay_saving");
    try {
      const answer = await fetch(this.url, { method: "PUT", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ text: sent, base: this.base }) });
      if (answer.ok) {
        this.base = ((await answer.json()) as { revision: number }).revision;
        this.kept = sent;
        if (this.text.value === sent) this.dropLocal();
        this.say("essay_saved_school");
      } else if (answer.status === 409) {
        await this.conflict();
      } else if (answer.status === 401) {
        this.write();
        this.say("essay_sign_in_again");
      } else {
        this.say("essay_saved_here");
        this.soon(retryAfter);
      }
    } catch {
      this.say("essay_offline");
      this.soon(retryAfter);
    }
    this.saving = false;
    if (this.text.value !== sent && !this.conflicted) this.soon(schoolAfter);
  }

  // list shows the saves at school, each with a way back.
  async list(into: HTMLElement, label: string): Promise<void> {
    const answer = await fetch(this.url).catch(() => undefined);
    if (!answer?.ok) return;
    into.replaceChildren();
    for (const save of (await answer.json()) as { revision: number; text: string; at: string }[]) {
      const item = document.createElement("li");
      item.className = "row";
      const about = document.createElement("span");
      about.dir = "auto";
      about.textContent = `${new Date(save.at).toLocaleString(document.documentElement.lang)} · ${save.text.slice(0, 60)}`;
      const back = document.createElement("button");
      back.type = "button";
      back.className = "quiet";
      back.textContent = label;
      back.addEventListener("click", () => void this.restore(save.text));
      item.append(about, back);
      into.append(item);
    }
  }

  private async restore(text: string): Promise<void> {
    await this.save(); // what stands there now is a save, too
    this.set(text);
    this.say("essay_restored");
  }

  private set(text: string): void {
    this.text.value = text;
    this.text.dispatchEvent(new Event("input", { bubbles: true }));
  }

  private soon(after: number): void {
    window.clearTimeout(this.later);
    this.later = window.setTimeout(() => void this.save(), after);
  }

  private write(): void {
    if (this.text.value === this.kept) {
      this.dropLocal();
      return;
    }
    try {
      localStorage.setItem(this.key, JSON.stringify({ text: this.text.value, base: this.base } satisfies Local));
      this.say("essay_saved_here");
    } catch {
      this.say("essay_storage_full");
      void this.save();
    }
  }

  private dropLocal(): void {
    try {
      localStorage.removeItem(this.key);
    } catch {
      // see forget
    }
  }

  // takeUp brings back what was typed here and had not reached the school.
  private takeUp(): void {
    let local: Local | undefined;
    try {
      local = JSON.parse(localStorage.getItem(this.key) ?? "null") as Local | undefined;
    } catch {
      return;
    }
    if (!local || local.text === this.kept) {
      this.dropLocal();
      return;
    }
    if (local.base === this.base) {
      this.text.value = local.text;
      this.say("essay_unsaved_kept");
      this.soon(500);
      return;
    }
    this.choose(local.text, this.kept, this.base);
  }

  private async conflict(): Promise<void> {
    const answer = await fetch(this.url);
    const newest = ((await answer.json()) as { revision: number; text: string }[])[0];
    if (!newest) return;
    if (newest.text === this.text.value) {
      this.base = newest.revision;
      this.kept = newest.text;
      return;
    }
    this.choose(this.text.value, newest.text, newest.revision);
  }

  private choose(here: string, school: string, revision: number): void {
    this.conflicted = true;
    this.text.value = here;
    this.write();
    const box = need("conflict");
    need<HTMLTextAreaElement>("conflict-here").value = here;
    need<HTMLTextAreaElement>("conflict-school").value = school;
    box.hidden = false;
    const go = (text: string): void => {
      box.hidden = true;
      this.conflicted = false;
      this.base = revision;
      this.kept = school;
      this.set(text);
      void this.save();
    };
    need("keep-here").onclick = () => go(this.text.value);
    need("keep-school").onclick = () => go(school);
    need("keep-both").onclick = () => go(`${this.text.value}\n\n${school}`);
  }
}
