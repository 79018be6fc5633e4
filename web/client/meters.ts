// The skill meters beside the talk: where each skill stands, and why it moved.

import type { Strings } from "./client";

export interface SkillChange {
  skill_id: string;
  title: string;
  mastery: number;
  low: number;
  high: number;
  before: number;
  enough: boolean;
  why_text?: string;
}

export class Meters {
  constructor(
    private readonly root: HTMLElement | null,
    private readonly strings: Strings,
  ) {}

  update(skills: SkillChange[]): void {
    for (const s of skills) {
      const row = this.root?.querySelector<HTMLElement>(`[data-skill="${CSS.escape(s.skill_id)}"]`);
      const meter = row?.querySelector("meter");
      if (!row || !meter) continue;
      meter.value = s.mastery;
      const percent = Math.round(s.mastery * 100);
      const value = row.querySelector(".value");
      if (value) value.textContent = s.enough ? `${percent} %` : `${percent} % · ${this.strings["not_enough"] ?? ""}`;
      const points = percent - Math.round(s.before * 100);
      const why = row.querySelector<HTMLElement>(".why");
      if (why) {
        why.textContent = `${points > 0 ? "+" : points < 0 ? "−" : "±"}${Math.abs(points)} · ${s.why_text ?? ""}`;
        why.dataset["direction"] = points > 0 ? "up" : points < 0 ? "down" : "same";
      }
    }
  }
}
