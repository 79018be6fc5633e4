// Bringing in a file. The server reads it; what stands in the editor is never
// replaced without a word.

import { need } from "./essay";

export function upload(file: HTMLInputElement, text: HTMLTextAreaElement, say: (key: string, more?: string) => void, changed: () => void): void {
  const choice = need("upload-choice");
  const put = (content: string): void => {
    text.value = content;
    choice.hidden = true;
    changed();
    say("essay_upload_done");
    text.focus();
  };
  file.addEventListener("change", () => {
    const chosen = file.files?.[0];
    file.value = "";
    if (chosen) void read(chosen);
  });

  async function read(chosen: File): Promise<void> {
    say("essay_upload_reading");
    const body = new FormData();
    body.append("file", chosen);
    try {
      const answer = await fetch("/v1/documents", { method: "POST", body });
      const got = (await answer.json()) as { text?: string; detail?: string };
      if (!answer.ok || got.text === undefined) {
        say("essay_upload_failed", got.detail ?? "");
        return;
      }
      offer(got.text);
    } catch {
      say("essay_offline");
    }
  }

  function offer(content: string): void {
    if (text.value.trim() === "") {
      put(content);
      return;
    }
    choice.hidden = false;
    need("upload-replace").onclick = () => put(content);
    need("upload-append").onclick = () => put(`${text.value.trimEnd()}\n\n${content}`);
    need("upload-cancel").onclick = () => (choice.hidden = true);
    need("upload-replace").focus();
  }
}
