package tutor

import (
	"encoding/hex"
	"time"
)

// ModelCall is one request to a language model that is about to leave, as the
// ledger knows it: what kind, to where, how big; never its text.
type ModelCall struct {
	ID        string // UUID
	SchoolID  string
	LearnerID string // whose budget it is, "" for the school's alone; not part of the ledger
	Purpose   string // "voice", "grade", "essay", "embed" or "probe"
	Host      string
	Model     string
	External  bool     // the host is not one of the school's own
	Hash      [32]byte // SHA-256 of what is sent
	Reserved  int      // tokens it may cost at most, as far as one can tell
}

// ModelResult is how a call went.
type ModelResult struct {
	Outcome      string // "ok", "given_up" or the code of an error
	PromptTokens int
	CachedTokens int // of PromptTokens, those the provider had at hand
	OutputTokens int
	Micros       int64 // cost in millionths of the currency of the price list, 0 without one
	Took         time.Duration
}

// ModelUse is what a school allows a model. Caps count tokens a day (UTC), 0 for
// no bound. A server of the school's own needs no leave, an external one does.
type ModelUse struct {
	External                        bool
	LearnerCap, ClassCap, SchoolCap int64
}

// ModelServer says where the words of a model come from. The zero value is none.
type ModelServer struct {
	Name     string // of the chat model, or of the embedding model where there is no other
	Host     string
	External bool
}

// ModelEntry is a line of the ledger of calls.
type ModelEntry struct {
	ModelCall
	At     time.Time
	Result *ModelResult // nil while the call runs, or when a crash cut it off
}

// ShortHash is enough of the hash to tell calls apart.
func (e ModelEntry) ShortHash() string { return hex.EncodeToString(e.Hash[:6]) }

// ModelDay is what a school's calls came to on one day.
type ModelDay struct {
	Calls, Failed int
	Refused       int // that were not made because a budget was spent
	Tokens        int64
	Micros        int64
}

// Roll is who and what belongs to a school.
type Roll struct {
	People []Account // names and addresses alone
	Own    []string  // names of the school and its classes
	Titles []string  // of courses, lessons and skills: words to leave alone
}
