// The problem, kept at hand above the talk: how it began and the question that
// is open now, with the number of the step.

import type { Strings } from "./client";
import { fill } from "./html";
import type { Turn } from "./transcript";

export class Task {
  constructor(private readonly strings: Strings) {}

  turn(turn: Turn): void {
    if (turn.author !== "tutor") return;
    if (turn.move === "ask") this.show("ask", turn.html);
    if (turn.move === "confirm" || turn.move === "move_on") this.show("next", turn.html);
  }

  step(step: number, steps: number): void {
    const place = document.getElementById("steps");
    if (!place || steps < 2) return;
    place.textContent = (this.strings["step_of"] ?? "").replace("{N}", String(Math.min(step, steps))).replace("{All}", String(steps));
    place.hidden = false;
  }

  private show(part: string, html: string): void {
    const place = document.querySelector(`[data-task="${part}"]`);
    if (place) fill(place, html);
  }
}
