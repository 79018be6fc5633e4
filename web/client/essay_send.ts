// Handing in: what is handed in waits on this device until the server has said
// that it has it. It is sent again under the same id, so that it counts once.

import type { Keeper } from "./essay_keep";

const retryAfter = 5000;

interface Waiting {
  id: string;
  text: string;
}

export class Sender {
  private readonly key: string;
  private timer = 0;
  private sending = false;

  constructor(
    private readonly form: HTMLFormElement,
    private readonly text: HTMLTextAreaElement,
    private readonly say: (key: string, more?: string) => void,
    private readonly keeper: Keeper,
  ) {
    this.key = `maieutic.handin.${form.dataset["account"] ?? ""}.${form.dataset["session"] ?? ""}`;
    window.addEventListener("online", () => void this.send());
    if (this.waiting()) void this.send();
  }

  // handIn puts the draft into the queue and sends it.
  async handIn(): Promise<void> {
    const id = this.form.elements.namedItem("id") as HTMLInputElement;
    try {
      localStorage.setItem(this.key, JSON.stringify({ id: id.value, text: this.text.value } satisfies Waiting));
    } catch {
      // No room for a queue: the form goes as it would without a script.
      this.form.submit();
      return;
    }
    await this.send();
  }

  private waiting(): Waiting | undefined {
    try {
      return (JSON.parse(localStorage.getItem(this.key) ?? "null") as Waiting | null) ?? undefined;
    } catch {
      return undefined;
    }
  }

  private async send(): Promise<void> {
    const item = this.waiting();
    if (!item || this.sending) return;
    window.clearTimeout(this.timer);
    this.sending = true;
    this.say("essay_sending");
    try {
      const path = `/v1/activities/${encodeURIComponent(this.form.dataset["activity"] ?? "")}/drafts`;
      const answer = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(item) });
      if (answer.ok) {
        await this.done(answer);
        return;
      }
      if (answer.status === 401) {
        this.say("essay_sign_in_again");
      } else if (answer.status >= 500 || answer.status === 429) {
        this.later();
      } else {
        localStorage.removeItem(this.key);
        const problem = (await answer.json()) as { detail?: string };
        this.say("essay_send_failed", problem.detail ?? "");
      }
    } catch {
      this.later();
    }
    this.sending = false;
  }

  private async done(answer: Response): Promise<void> {
    const { draft } = (await answer.json()) as { draft: { number: number; session_id: string } };
    localStorage.removeItem(this.key);
    await this.keeper.save(); // the editor goes on from what was handed in, on every device
    this.keeper.forget();
    location.assign(`/s/${draft.session_id}/drafts/${draft.number}?sent`);
  }

  private later(): void {
    this.say("essay_waiting_to_send");
    this.timer = window.setTimeout(() => void this.send(), retryAfter);
  }
}
