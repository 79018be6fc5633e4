// Package slug makes the ids of courses, lessons and activities out of names.
package slug

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

var gap = regexp.MustCompile(`[^a-z0-9]+`)

// longest keeps ids readable.
const longest = 60

// Of makes an id of the first of the names that has letters or digits of
// English in it, accents aside; "unnamed" when none has.
func Of(names ...string) string {
	for _, name := range names {
		bare := strings.Map(func(r rune) rune {
			if unicode.Is(unicode.Mn, r) || r == '\'' || r == '’' {
				return -1
			}
			return unicode.ToLower(r)
		}, norm.NFD.String(name))
		slug := strings.Trim(gap.ReplaceAllString(bare, "-"), "-")
		if len(slug) > longest {
			slug = slug[:longest]
			if at := strings.LastIndexByte(slug, '-'); at > longest/2 {
				slug = slug[:at]
			}
		}
		if slug = strings.Trim(slug, "-"); slug != "" {
			return slug
		}
	}
	return "unnamed"
}

// Unique adds a number to a slug that is taken, and takes what it returns.
func Unique(slug string, taken map[string]bool) string {
	out := slug
	for i := 2; taken[out]; i++ {
		out = fmt.Sprintf("%s-%d", slug, i)
	}
	taken[out] = true
	return out
}
