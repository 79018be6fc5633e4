package exchange

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

const maxSlug = 48

var slug = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// slugOf is the id that a title gives: its Latin letters and digits in lower
// case, without their marks. A title of another script gives a hash of itself, so
// that the same title is always the same id.
func slugOf(title string) string {
	var b strings.Builder
	gap := false
	for _, r := range norm.NFKD.String(strings.ToLower(title)) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			if gap && b.Len() > 0 {
				b.WriteByte('-')
			}
			gap = false
			b.WriteRune(r)
		case !unicode.Is(unicode.Mn, r):
			gap = true
		}
	}
	if s := b.String(); len(s) > maxSlug {
		return strings.TrimRight(s[:maxSlug], "-")
	} else if s != "" {
		return s
	}
	sum := sha256.Sum256([]byte(title))
	return "x" + hex.EncodeToString(sum[:4])
}

// names gives out slugs that are unique.
type names map[string]bool

// of returns the slug of a title, with a number when it is taken.
func (n names) of(title string) string { return n.take(slugOf(title)) }

// take returns id, with a number when it is taken.
func (n names) take(id string) string {
	free := id
	for i := 2; n[free]; i++ {
		free = fmt.Sprintf("%s-%d", id, i)
	}
	n[free] = true
	return free
}
