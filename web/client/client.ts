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
//   #scroll          what scrolls around #turns
//   #skills          [data-skill] with .meter, .value and .why
//   #task, #steps    the problem at hand: [data-task=ask] and [data-task=next]
//   .box             all that one writes with; hidden when the session is over
//   #ended           shown when the session is over; [data-when] inside by status

import { Connection } from "./connection";
import { Meters, type SkillChange } from "./meters";
import { Outbox } from "./outbox";
import { Task } from "./task";
import { Transcript, type Delta, type Turn } from "./transcript";

type Message =
  | { type: "welcome"; epoch: string; seq: number; complete: boolean }
  | { type: "ack"; id: string; seq: number }
  | ({ type: "delta" } & Delta)
  | { type: "turn"; turn: Turn }
  | { type: "mastery"; skills: SkillChange[] }
  | { type: "status"; session: "open" | "mastered" | "ended"; step?: number; steps?: number }
  | { type: "error"; code: string; message: string; id?: string };

const retryAfter = 2000; // milliseconds, on average

export type Strings = Record<string, string>;

function start(chat: HTMLElement): void {
  const strings = JSON.parse(chat.dataset["strings"] ?? "{}") as Strings;
  const session = chat.dataset["session"] ?? "";
  const form = need<HTMLFormElement>("say");
  const hintForm = need<HTMLFormElement>("hint");
  const text = form.elements.namedItem("text") as HTMLTextAreaElement;
  const stop = need<HTMLButtonElement>("stop");
  const notice = need("notice");
  const transcript = new Transcript(need("turns"), need("scroll"), need("live"), strings);
  const meters = new Meters(document.getElementById("skills"), strings);
  const task = new Task(strings);
  const outbox = new Outbox(session);
  let epoch = chat.dataset["epoch"] ?? "";
  let waiting = false;
  let online = false;

  const connection = new Connection(`/v1/sessions/${session}/socket`, {
    open() {
      online = true;
      hello();
    },
    message: (data) => receive(data as Message),
    closed(again) {
      online = false;
      busy(waiting);
      if (again && need("ended").hidden) notice.textContent = strings["offline"] ?? "";
      if (!again) location.reload(); // signed out: the server says where to go
    },
  });

  function hello(): void {
    connection.send({ type: "hello", epoch, seq: transcript.seen(), render: "html" });
  }

  function receive(m: Message): void {
    switch (m.type) {
      case "welcome":
        notice.textContent = "";
        transcript.welcomed(m.complete);
        epoch = m.epoch;
        busy(outbox.items().length > 0 || transcript.unanswered());
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
        transcript.turn(m.turn);
        task.turn(m.turn);
        if (m.turn.author === "student") outbox.done(m.turn.id);
        busy(transcript.unanswered());
        break;
      case "mastery":
        transcript.say(meters.update(m.skills));
        break;
      case "status":
        if (m.step && m.steps) task.step(m.step, m.steps);
        ended(m.session);
        break;
      case "error":
        failed(m);
    }
  }

  // What the server cannot do now it is asked for again: hello brings back what
  // was acked and never answered, and what was not acked is sent once more. A
  // message that it will never take goes back to where it was typed.
  function failed(m: { code: string; message: string; id?: string }): void {
    const key = m.code === "invalid" ? "say_invalid" : `error_${m.code}`;
    notice.textContent = strings[key] ?? m.message;
    if (m.code === "unavailable" || m.code === "rate_limited") {
      window.setTimeout(hello, retryAfter * (0.5 + Math.random()));
      return;
    }
    if (m.id) {
      const item = outbox.done(m.id);
      transcript.drop(m.id);
      if (item?.type === "say" && text.value === "") {
        text.value = item.text;
        grow(text);
      }
    }
    busy(false);
  }

  function busy(on: boolean): void {
    waiting = on;
    stop.hidden = !on || !online;
    transcript.thinking(on && online);
  }

  function ended(status: string): void {
    const over = status !== "open";
    const box = document.querySelector<HTMLElement>(".box");
    const end = need("ended");
    const held = box?.contains(document.activeElement);
    if (box) box.hidden = over;
    end.hidden = !over;
    end.querySelectorAll<HTMLElement>("[data-when]").forEach((e) => (e.hidden = e.dataset["when"] !== status));
    if (!over) return;
    busy(false);
    if (held) end.focus(); // what held it is gone
  }

  function say(item: { type: "say" | "hint"; text: string }): boolean {
    if (waiting) {
      if (online) notice.textContent = strings["wait"] ?? "";
      return false;
    }
    if (online) notice.textContent = "";
    const queued = outbox.add(item.type, item.text);
    transcript.pending(queued);
    busy(true);
    transcript.toEnd();
    connection.send(queued);
    return true;
  }

  form.addEventListener("submit", (e) => {
    e.preventDefault();
    const value = text.value.trim();
    if (!value) return;
    if (say({ type: "say", text: value })) {
      text.value = "";
      grow(text);
    }
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
  transcript.toEnd();
  connection.open();
}

function need<T extends HTMLElement = HTMLElement>(id: string): T {
  const element = document.getElementById(id);
  if (!element) throw new Error(`the page has no #${id}`);
  return element as T;
}

// grow makes room for what is typed where the style cannot do it.
function grow(text: HTMLTextAreaElement): void {
  if (CSS.supports("field-sizing", "content")) return;
  text.style.height = "auto";
  text.style.height = `${Math.min(text.scrollHeight + 2, 200)}px`;
}

const chat = document.getElementById("chat");
if (chat) start(chat);
