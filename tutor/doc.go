// Package tutor is the domain of Maieutic: accounts, curriculum, the record of
// tutoring sessions, scores, the learner model and the choice of the next
// activity. It imports the standard library only and does no I/O; every other
// package speaks in its types.
//
// Unless said otherwise values are plain data: safe to copy, not safe for
// concurrent mutation.
package tutor
