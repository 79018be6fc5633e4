// The skill meters beside the talk: where each skill stands, and why it moved.

import type { Strings } from "./client";

export interface SkillChange {
  skill_id: string;
  title: string;
  mastery: number;
  low: number;
  high: number;
  before?: number;
  enough: boolean;
  why_text?: string;
}

export class Meters {
  constructor(
    private readonly root: HTMLElement | null,
    private readonly strings: Strings,
  ) {}

  // update moves the meters and returns what happened in words.
  update(skills: SkillChange[]): string {
    return skills.map((s) => this.move(s)).filter((words) => words !== "").join(". ");
  }

  private move(s: SkillChange): string {
    const row = this.root?.querySelector<HTMLElement>(`[data-skill="${CSS.escape(s.skill_id)}"]`);
    const meter = row?.querySelector<HTMLElement>(".meter");
    if (!row || !meter) return "";
    const percent = Math.round(s.mastery * 100);
    const value = this.percent(percent);
    const unsure = s.enough ? "" : (this.strings["not_enough"] ?? "");
    meter.classList.toggle("unsure", !s.enough);
    meter.setAttribute("aria-valuenow", String(percent));
    meter.setAttribute("aria-valuetext", unsure ? `${value}, ${unsure}` : value);
    meter.querySelector(".fill")?.setAttribute("width", String(percent));
    meter.querySelector(".reach")?.setAttribute("width", String(Math.round(s.high * 100)));
    this.write(row.querySelector(".value"), value, unsure);
    return `${s.title}: ${value}. ${this.reason(row.querySelector<HTMLElement>(".why"), percent, s)}`;
  }

  private write(place: Element | null, value: string, unsure: string): void {
    const strong = document.createElement("strong");
    strong.textContent = value;
    place?.replaceChildren(strong);
    if (!unsure) return;
    const words = document.createElement("span");
    words.className = "unsure-words";
    words.textContent = unsure;
    place?.append(" ", words);
  }

  private reason(place: HTMLElement | null, percent: number, s: SkillChange): string {
    if (s.before === undefined) return "";
    const points = percent - Math.round(s.before * 100);
    const sign = points > 0 ? "+" : points < 0 ? "−" : "±";
    const words = s.why_text ? `${sign}${Math.abs(points)}: ${s.why_text}` : `${sign}${Math.abs(points)}`;
    if (place) {
      place.textContent = words;
      place.dataset["direction"] = points > 0 ? "up" : points < 0 ? "down" : "same";
    }
    return words;
  }

  private percent(n: number): string {
    return (this.strings["percent"] ?? "{N}").replace("{N}", String(n));
  }
}
