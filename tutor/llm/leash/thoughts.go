package leash

import "strings"

// thoughts takes out what reasoning models write between <think> and </think>
// before they answer: it is nothing for a learner.
type thoughts struct {
	state int // 0 at the start, 1 inside, 2 in the answer
	held  string
	trim  bool // the answer has not begun yet
}

const (
	opening = "<think>"
	closing = "</think>"
	blank   = " \n\r\t"
)

func (t *thoughts) pass(piece string) string {
	if t.state == 2 {
		if t.trim {
			piece = strings.TrimLeft(piece, blank)
			t.trim = piece == ""
		}
		return piece
	}
	t.held += piece
	if t.state == 0 {
		start := strings.TrimLeft(t.held, blank)
		switch {
		case strings.HasPrefix(start, opening):
			t.state, t.held = 1, start[len(opening):]
		case strings.HasPrefix(opening, start):
			return "" // may still become one
		default:
			return t.rest()
		}
	}
	if _, answer, ok := strings.Cut(t.held, closing); ok {
		t.state, t.held, t.trim = 2, "", true
		return t.pass(answer)
	}
	t.held = t.held[max(0, len(t.held)-len(closing)+1):] // the rest was thought
	return ""
}

// rest ends the stream: what was held and is no thought.
func (t *thoughts) rest() string {
	held := t.held
	if t.state == 1 {
		held = ""
	}
	t.state, t.held = 2, ""
	return held
}
