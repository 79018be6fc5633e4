// What the student has sent and the server has not acked yet. It outlives a
// reload; the id makes sending it again harmless.

export interface Item {
  type: "say" | "hint";
  id: string;
  text: string;
}

export class Outbox {
  private readonly key: string;
  private queue: Item[];

  constructor(session: string) {
    this.key = `maieutic.outbox.${session}`;
    this.queue = this.read();
  }

  items(): readonly Item[] {
    return this.queue;
  }

  add(type: Item["type"], text: string): Item {
    const item = { type, id: uuid(), text };
    this.queue.push(item);
    this.write();
    return item;
  }

  done(id: string): Item | undefined {
    const item = this.queue.find((i) => i.id === id);
    this.queue = this.queue.filter((i) => i.id !== id);
    this.write();
    return item;
  }

  private read(): Item[] {
    try {
      return JSON.parse(sessionStorage.getItem(this.key) ?? "[]") as Item[];
    } catch {
      return [];
    }
  }

  private write(): void {
    try {
      sessionStorage.setItem(this.key, JSON.stringify(this.queue));
    } catch {
      // Storage is full or forbidden: the queue lives as long as the page.
    }
  }
}

// crypto.randomUUID is missing on plain HTTP outside localhost.
function uuid(): string {
  const b = crypto.getRandomValues(new Uint8Array(16));
  b[6] = ((b[6] ?? 0) & 0x0f) | 0x40;
  b[8] = ((b[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(b, (x) => x.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
