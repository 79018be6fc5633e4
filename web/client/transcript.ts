// The list of turns. Durable turns are keyed by id and placed by seq; what
// streams in before one is shown in a place of its own and gives way to it.

import { append, fill } from "./html";
import type { Item } from "./outbox";
import type { Strings } from "./client";

export interface Citation {
  course_id: string;
  lesson_id: string;
  lesson: string;
  heading: string;
  anchor: string;
  start: number;
  end: number;
}

export interface Turn {
  seq: number;
  id: string;
  author: "student" | "tutor" | "teacher";
  kind: "say" | "hint" | "draft";
  target?: string;
  move?: string;
  html: string;
  citations: Citation[];
}

export interface Delta {
  turn: string;
  attempt: number;
  n: number;
  html: string;
}

export class Transcript {
  private partial: { turn: string; attempt: number; n: number; element: HTMLLIElement } | undefined;
  private dots: HTMLLIElement | undefined;

  constructor(
    private readonly list: HTMLElement,
    private readonly scroller: HTMLElement,
    private readonly live: HTMLElement,
    private readonly strings: Strings,
  ) {
    // Whoever reads the end stays there when the keyboard comes up or a notice
    // appears; one who has scrolled back is left alone.
    let following = true;
    scroller.addEventListener("scroll", () => (following = Math.abs(scroller.scrollTop) < 48), { passive: true });
    new ResizeObserver(() => {
      if (following) this.toEnd();
    }).observe(scroller);
  }

  clear(): void {
    this.list.replaceChildren();
    this.live.replaceChildren();
    this.partial = undefined;
    this.dots = undefined;
  }

  // seen is the seq of the latest turn that a reply has followed. Asking from
  // there has the server go on with a student turn that was never answered.
  seen(): number {
    let seq = 0;
    for (const e of this.list.querySelectorAll<HTMLElement>("li[data-seq]:not(.student)")) {
      seq = Math.max(seq, Number(e.dataset["seq"]));
    }
    return seq;
  }

  // unanswered says whether the latest durable turn is the student's.
  unanswered(): boolean {
    const durable = this.list.querySelectorAll<HTMLElement>("li[data-seq]");
    return durable[durable.length - 1]?.dataset["author"] === "student";
  }

  // welcomed makes room for what the server sends of a reply under way: all of
  // it, merged.
  welcomed(complete: boolean): void {
    this.endPartial();
    if (!complete) this.clear();
  }

  // turn shows a durable turn, in place of whatever stood for it.
  turn(turn: Turn): void {
    if (this.partial?.turn === turn.id) this.endPartial();
    const shown = this.find(turn.id);
    const element = this.item(turn.author, turn.id);
    element.dataset["seq"] = String(turn.seq);
    const body = this.body(element, turn.kind === "hint" && turn.author === "student" ? undefined : turn.html);
    if (turn.kind === "draft") body.textContent = (this.strings["essay_draft_n"] ?? "").replace("{N}", (turn.target ?? "").replace("draft:", ""));
    this.cite(element, turn.citations);
    if (shown) shown.replaceWith(element);
    else this.place(element, turn.seq);
    if (turn.author !== "student" && !shown?.dataset["seq"]) this.announce(element);
  }

  // pending shows what was sent and is not acked yet.
  pending(item: Item): void {
    if (this.find(item.id)) return;
    const element = this.item("student", item.id);
    element.classList.add("pending");
    const body = this.body(element, item.type === "say" ? "" : undefined);
    if (item.type === "say") body.textContent = item.text;
    this.list.append(element);
    this.toEnd();
  }

  // drop takes back what the server has refused.
  drop(id: string): void {
    const element = this.find(id);
    if (!element?.dataset["seq"]) element?.remove();
  }

  // delta shows a piece of a reply and says whether it was news.
  delta(d: Delta): boolean {
    if (this.find(d.turn)?.dataset["seq"]) return false;
    if (this.partial && (this.partial.turn !== d.turn || this.partial.attempt < d.attempt)) this.endPartial();
    if (this.partial && (d.attempt < this.partial.attempt || d.n <= this.partial.n)) return false;
    if (!this.partial) {
      const element = this.item("tutor", d.turn);
      element.classList.add("partial");
      this.body(element, "");
      this.list.append(element);
      this.partial = { turn: d.turn, attempt: d.attempt, n: -1, element };
    }
    this.partial.n = d.n;
    const body = this.partial.element.querySelector(".body");
    if (body) append(body, d.html);
    return true;
  }

  thinking(on: boolean): void {
    if (!on || this.partial) {
      this.dots?.remove();
      this.dots = undefined;
      return;
    }
    if (!this.dots) {
      this.dots = this.item("tutor", "");
      this.dots.classList.add("thinking");
      this.body(this.dots, "").textContent = this.strings["thinking"] ?? "…";
    }
    this.list.append(this.dots);
  }

  // toEnd shows the latest turn. The page scrolls from its end, so that is 0, and
  // new turns show by themselves to whoever is there.
  toEnd(): void {
    this.scroller.scrollTop = 0;
  }

  private endPartial(): void {
    this.partial?.element.remove();
    this.partial = undefined;
  }

  private find(id: string): HTMLElement | null {
    return id ? this.list.querySelector<HTMLElement>(`li[data-id="${CSS.escape(id)}"]`) : null;
  }

  private item(author: string, id: string): HTMLLIElement {
    const element = document.createElement("li");
    element.className = `turn ${author}`;
    element.dataset["author"] = author;
    element.dataset["id"] = id;
    const who = document.createElement("span");
    who.className = "who";
    who.textContent = this.strings[author] ?? author;
    element.append(who);
    return element;
  }

  // body fills a turn; without html it says that a hint was asked for.
  private body(element: HTMLElement, html: string | undefined): HTMLElement {
    const body = document.createElement("div");
    body.className = "body";
    body.dir = "auto";
    if (html === undefined) {
      body.classList.add("asked-hint");
      body.textContent = this.strings["asked_hint"] ?? "";
    } else {
      fill(body, html);
    }
    element.append(body);
    return body;
  }

  private cite(element: HTMLElement, citations: Citation[]): void {
    if (!citations.length) return;
    const list = document.createElement("ul");
    list.className = "citations";
    list.setAttribute("aria-label", this.strings["sources"] ?? "");
    for (const c of citations) {
      const link = document.createElement("a");
      const spot = c.start < c.end ? `?from=${c.start}&to=${c.end}#cited` : `#${encodeURIComponent(c.anchor)}`;
      link.href = `/c/${encodeURIComponent(c.course_id)}/${encodeURIComponent(c.lesson_id)}${spot}`;
      link.target = "_blank";
      link.textContent = c.heading ? `${c.lesson} · ${c.heading}` : c.lesson;
      const item = document.createElement("li");
      item.append(link);
      list.append(item);
    }
    element.append(list);
  }

  private place(element: HTMLElement, seq: number): void {
    const after = [...this.list.children].reverse().find((e) => Number((e as HTMLElement).dataset["seq"] ?? Infinity) < seq);
    if (after) after.after(element);
    else this.list.prepend(element);
  }

  private announce(element: HTMLElement): void {
    this.say(`${this.strings["tutor"] ?? ""}: ${element.querySelector(".body")?.textContent ?? ""}`);
  }

  // say reads words out to whoever listens to the page.
  say(words: string): void {
    const line = document.createElement("p");
    line.textContent = words;
    this.live.append(line);
    while (this.live.children.length > 4) this.live.firstElementChild?.remove();
  }
}
