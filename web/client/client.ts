// The chat page's script: protocol v1 over a WebSocket. Without it the page's
// forms still work; it adds the stream, the meters and a queue that survives a
// lost network.
//
// What it expects of the page:
//   #chat            data-session, data-epoch, data-seq (what the page shows), data-strings (JSON)
//   #turns           li[data-seq][data-id][data-author] > .body
//   #say             form with textarea[name=text]; #hint: form; #stop: button
//   #notice          role=status, for the state of the connection
//   #live            aria-live, for what the tutor has said
//   #skills          [data-skill] with meter, .value and .why
//   #ended           shown when the session is over; [data-when] inside by status

import { Outbox } from "./outbox";
import { Connection } from "./connection";
import { Transcript, type Turn, type Delta } from "./transcript";
import { Meters, type SkillChange } from "./meters";

type Message =
  | { type: "welcome"; epoch: string; seq: number; complete: boolean }
  | { type: "ack"; id: string; seq: number }
  | ({ type: "delta" } & Delta)
  | { type: "turn"; turn: Turn }
  | { type: "mastery"; skills: SkillChange[] }
  | { type: "status"; session: "open" | "mastered" | "ended" }
  | { type: "error"; code: string; message: string; id?: string };

export type Strings = Record<string, string>;

function start(chat: HTMLElement): void {
  const strings = JSON.parse(chat.dataset["strings"] ?? "{}") as Strings;
  const session = chat.dataset["session"] ?? "";
  const form = need<HTMLFormElement>("say");
  const hintForm = need<HTMLFormElement>("hint");
  const text = form.elements.namedItem("text") as HTMLTextAreaElement;
  const stop = need<HTMLButtonElement>("stop");
  const notice = need("notice");
  const transcript = new Transcript(need("turns"), need("live"), strings);
  const meters = new Meters(document.getElementById("skills"), strings);
  const outbox = new Outbox(session);
  let epoch = chat.dataset["epoch"] ?? "";
  let seq = Number(chat.dataset["seq"] ?? "0");
  let waiting = outbox.items().length > 0;

  const connection = new Connection(`/v1/sessions/${session}/socket`, {
    open() {
      notice.textContent = "";
      connection.send({ type: "hello", epoch, seq, render: "html" });
    },
    message: (data) => receive(data as Message),
    closed: (again) => {
      if (again) notice.textContent = strings["offline"] ?? "";
      else location.reload(); // signed out: the server says where to go
    },
  });

  function receive(m: Message): void {
    switch (m.type) {
      case "welcome":
        if (!m.complete) transcript.clear();
        epoch = m.epoch;
        outbox.items().forEach((item) => {
          transcript.pending(item);
          connection.send(item);
        });
        break;
      case "ack":
        outbox.done(m.id);
        break;
      case "delta":
        if (transcript.delta(m)) busy(true);
        break;
      case "turn":
        seq = Math.max(seq, m.turn.seq);
        transcript.turn(m.turn);
        if (m.turn.author === "student") outbox.done(m.turn.id);
        busy(m.turn.author === "student");
        break;
      case "mastery":
        meters.update(m.skills);
        break;
      case "status":
        ended(m.session);
        break;
      case "error":
        failed(m);
    }
  }

  // A message that the server will never take goes back to where it was typed.
  function failed(m: { code: string; message: string; id?: string }): void {
    notice.textContent = m.message;
    if (m.code === "unavailable" || m.code === "rate_limited") {
      window.setTimeout(() => outbox.items().forEach((item) => connection.send(item)), 2000);
      return;
    }
    if (m.id) {
      const item = outbox.done(m.id);
      transcript.drop(m.id);
      if (item?.type === "say" && text.value === "") text.value = item.text;
    }
    busy(false);
  }

  function busy(on: boolean): void {
    waiting = on;
    stop.hidden = !on;
    transcript.thinking(on);
  }

  function ended(status: string): void {
    const over = status !== "open";
    form.hidden = over;
    hintForm.hidden = over;
    const box = document.getElementById("ended");
    if (box) {
      box.hidden = !over;
      box.querySelectorAll<HTMLElement>("[data-when]").forEach((e) => (e.hidden = e.dataset["when"] !== status));
    }
    if (over) busy(false);
  }

  function say(item: { type: "say" | "hint"; text: string }): void {
    if (waiting) {
      notice.textContent = strings["wait"] ?? "";
      return;
    }
    notice.textContent = "";
    const queued = outbox.add(item.type, item.text);
    transcript.pending(queued);
    busy(true);
    connection.send(queued);
  }

  form.addEventListener("submit", (e) => {
    e.preventDefault();
    const value = text.value.trim();
    if (!value || waiting) return;
    say({ type: "say", text: value });
    text.value = "";
    grow(text);
    text.focus();
  });
  hintForm.addEventListener("submit", (e) => {
    e.preventDefault();
    say({ type: "hint", text: "" });
    text.focus();
  });
  stop.addEventListener("click", () => {
    connection.send({ type: "stop" });
    stop.hidden = true;
  });
  text.addEventListener("input", () => grow(text));
  text.addEventListener("keydown", (e) => {
    // While an input method composes a word, Enter belongs to it.
    if (e.key !== "Enter" || e.shiftKey || e.isComposing) return;
    e.preventDefault();
    form.requestSubmit();
  });
  document.querySelectorAll<HTMLButtonElement>("[data-say]").forEach((button) =>
    button.addEventListener("click", (e) => {
      e.preventDefault();
      say({ type: "say", text: button.dataset["say"] ?? "" });
    }),
  );
  transcript.toEnd();
  connection.open();
}

function need<T extends HTMLElement = HTMLElement>(id: string): T {
  const element = document.getElementById(id);
  if (!element) throw new Error(`the page has no #${id}`);
  return element as T;
}

function grow(text: HTMLTextAreaElement): void {
  text.style.height = "auto";
  text.style.height = `${Math.min(text.scrollHeight + 2, 200)}px`;
}

const chat = document.getElementById("chat");
if (chat) start(chat);
