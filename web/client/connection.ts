// A socket that comes back: with a growing pause and some chance in it, so that
// a class does not return in one instant after the server restarts.

const subprotocol = "maieutic.v1";
const firstPause = 500;
const longestPause = 20_000;
const policyViolation = 1008;

export interface Handlers {
  open(): void;
  message(data: unknown): void;
  closed(again: boolean): void;
}

export class Connection {
  private socket: WebSocket | undefined;
  private pause = firstPause;
  private timer = 0;
  private leaving = false; // for another page; nobody needs to hear of it

  constructor(
    private readonly path: string,
    private readonly handlers: Handlers,
  ) {
    window.addEventListener("beforeunload", () => (this.leaving = true));
    window.addEventListener("online", () => this.now());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.now();
    });
  }

  open(): void {
    const url = new URL(this.path, location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(url, subprotocol);
    this.socket = socket;
    socket.onopen = () => {
      this.pause = firstPause;
      this.handlers.open();
    };
    socket.onmessage = (e) => this.handlers.message(JSON.parse(e.data as string));
    socket.onclose = (e) => {
      if (this.socket !== socket || this.leaving) return;
      const again = e.code !== policyViolation;
      this.handlers.closed(again);
      if (again) this.later();
    };
  }

  // send drops what cannot be sent now: whatever matters is in the outbox and is
  // sent again after the welcome.
  send(message: object): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  private later(): void {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.open(), this.pause * (0.5 + Math.random()));
    this.pause = Math.min(this.pause * 2, longestPause);
  }

  private now(): void {
    if (this.socket && this.socket.readyState !== WebSocket.CLOSED) return;
    window.clearTimeout(this.timer);
    this.open();
  }
}
