// The essay pages' script. Without it the forms still work; it adds saving while
// one types, a queue for handing in that survives a lost network and a closed
// page, files, and the progress of the feedback.
//
// What it expects of the page:
//   #editor          form with textarea#draft and input[name=id]; data-session,
//                    data-epoch, data-activity, data-account, data-base, data-strings
//   #words, #status  the number of words, and where the text is kept
//   #conflict        two texts to choose from, hidden
//   #file            a file to bring in; #upload-choice: where to put it
//   #saves           details with #saves-list
//   #watch, #editor  where there is feedback to wait for: #progress, [data-progress]

import { Connection } from "./connection";
import { Keeper } from "./essay_keep";
import { upload } from "./essay_file";
import { Sender } from "./essay_send";

export type Strings = Record<string, string>;

interface Progress {
  type: string;
  draft_id: string;
  number: number;
  stage: "queued" | "reading" | "criterion" | "ready" | "failed";
  criterion?: number;
  criteria?: number;
}

export function need<T extends HTMLElement = HTMLElement>(id: string): T {
  const e = document.getElementById(id);
  if (!e) throw new Error(`the page lacks #${id}`);
  return e as T;
}

// words counts words as the server does, near enough: what has a letter or a digit.
export function words(text: string, language: string): number {
  if ("Segmenter" in Intl) {
    let n = 0;
    for (const s of new Intl.Segmenter(language || undefined, { granularity: "word" }).segment(text)) if (s.isWordLike) n++;
    return n;
  }
  return (text.match(/[\p{L}\p{N}]+(?:['’.-][\p{L}\p{N}]+)*/gu) ?? []).length;
}

function edit(form: HTMLFormElement): void {
  const strings = JSON.parse(form.dataset["strings"] ?? "{}") as Strings;
  const text = need<HTMLTextAreaElement>("draft");
  const status = need("status");
  const count = need("words");
  const say = (key: string, more = ""): void => {
    status.textContent = (strings[key] ?? key) + more;
  };
  const keeper = new Keeper(form, text, say);
  const sender = new Sender(form, text, say, keeper);

  let counting = 0;
  const recount = (): void => {
    window.clearTimeout(counting);
    counting = window.setTimeout(() => {
      count.textContent = (strings["essay_words_now"] ?? "{N}").replace("{N}", String(words(text.value, text.lang)));
    }, 250);
  };
  const grow = (): void => {
    if (CSS.supports("field-sizing", "content")) return;
    text.style.blockSize = "auto";
    text.style.blockSize = `${Math.max(text.scrollHeight + 4, 352)}px`;
  };
  text.addEventListener("input", () => {
    keeper.typed();
    recount();
    grow();
  });
  recount();
  grow();
  need("keep").addEventListener("click", (e) => {
    e.preventDefault();
    void keeper.save();
  });
  form.addEventListener("submit", (e) => {
    if ((e.submitter as HTMLButtonElement | null)?.name === "keep") return;
    e.preventDefault();
    void sender.handIn();
  });
  const file = document.getElementById("file") as HTMLInputElement | null;
  if (file) {
    upload(file, text, say, () => {
      keeper.typed();
      recount();
      grow();
    });
  }
  need<HTMLDetailsElement>("saves").addEventListener("toggle", () => void keeper.list(need("saves-list"), strings["essay_show_save"] ?? ""));
}

// watch shows how far the feedback is, and opens it when it is there.
function watch(place: HTMLElement): void {
  const strings = JSON.parse(place.dataset["strings"] ?? "{}") as Strings;
  const session = place.dataset["session"] ?? "";
  const connection = new Connection(`/v1/sessions/${session}/socket`, {
    open: () => connection.send({ type: "hello", epoch: place.dataset["epoch"] ?? "", seq: Number.MAX_SAFE_INTEGER, render: "markdown" }),
    message(data) {
      const m = data as Progress;
      if (m.type === "feedback") progress(m, strings);
    },
    closed(again) {
      if (!again) return;
    },
  });
  connection.open();
}

function progress(p: Progress, strings: Strings): void {
  const said = (strings[`essay_stage_${p.stage}`] ?? "").replace("{K}", String(p.criterion ?? "")).replace("{N}", String(p.criteria ?? ""));
  const line = document.querySelector<HTMLElement>(`[data-progress="${CSS.escape(p.draft_id)}"]`);
  if (line) line.textContent = said;
  const box = document.getElementById("progress");
  if (!box || box.dataset["draft"] !== p.draft_id || box.hidden) return;
  need("progress-words").textContent = said;
  const bar = need<HTMLProgressElement>("progress-bar");
  if (p.criteria) {
    bar.max = p.criteria;
    bar.value = p.criterion ?? 0;
  }
  if (p.stage === "ready" || p.stage === "failed") location.reload();
}

const editor = document.getElementById("editor") as HTMLFormElement | null;
if (editor) edit(editor);
const waiting = document.querySelector("[data-progress]") ? editor : document.getElementById("progress")?.hidden === false ? document.getElementById("watch") : null;
if (waiting) watch(waiting);
