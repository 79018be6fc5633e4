package rubric

import (
	"errors"
	"regexp"
	"slices"
	"strings"

	"maieutic/rubric/algebra"
)

// Words around a piece of mathematics that tell what it is. They are matched
// on folded text (lower case, no accents).
var (
	// corrections void what was said before them.
	corrections = regexp.MustCompile(`\b(no wait|wait|actually|sorry|i mean|i meant|scratch that|oops|correction|no espera|espera|digo|perdon|mejor dicho|quise decir|quiero decir|en realidad)\b|^[\s,.;-]*no\b[\s,.;]`)
	// denials void what comes right after them.
	denials = regexp.MustCompile(`(\b(not|never|isn'?t|aren'?t|instead of|rather than|en vez de|en lugar de|no|no es|no son|nunca)|n't)\s*(just|only|simply|equal to)?\s*$`)
	// reasons open an explanation, conclusions end it.
	reasons     = regexp.MustCompile(`\b(because|cuz|cause|since|porque|ya que|pues|puesto que)\b`)
	conclusions = regexp.MustCompile(`[.!?\n]|\b(so|therefore|thus|hence|then|entonces|asi que|por lo tanto|luego)\b`)
	// markers announce an answer.
	markers = regexp.MustCompile(`(\b(is|it's|its|be|answer|solution|result|got|get|gives|gets|getting|equals|so|therefore|thus|say|think|guess|maybe|probably|es|seria|resultado|respuesta|solucion|da|sale|creo que|entonces|queda|quedaria|obtengo)|[=:])[\s:,]*(a|an|un|una|about|like|probably|maybe|just|que)?\s*$`)
	// hedges are all that may stand between alternatives.
	hedges       = regexp.MustCompile(`^[\s,.;:?!]*((or|maybe|perhaps|possibly|also|and|o|u|quizas|quiza|tal vez|tambien|y|could be|it could be|it's|its|is it|it is|be|it|is|could|may|might|it might be|puede ser|podria ser|or maybe|or it's)[\s,.;:?!]*)*$`)
	alternatives = regexp.MustCompile(`\b(or|maybe|perhaps|possibly|o|u|quizas|quiza|tal vez|could|may|might|puede|podria)\b|\?`)
)

// candidate is a piece of mathematics with what the words around it say.
type candidate struct {
	algebra.Found
	gap    string // folded text since the piece before
	score  float64
	denied bool
	reason bool
}

// choose picks the piece of mathematics that is meant as the answer. several
// reports that the text offers alternatives to it.
func (ref reference) choose(text string, found []algebra.Found) (*algebra.Found, bool) {
	candidates := ref.candidates(text, found)
	best := -1
	for i, c := range candidates {
		if !c.denied && (best < 0 || c.score >= candidates[best].score) {
			best = i
		}
	}
	if best < 0 {
		return nil, false
	}
	return &candidates[best].Found, ref.shotgun(candidates, best)
}

// candidates scores every piece; those before a correction are dropped.
func (ref reference) candidates(text string, found []algebra.Found) []candidate {
	runes := []rune(text)
	var out []candidate
	last, inReason := 0, false
	for _, f := range found {
		gap := foldText(string(runes[last:f.Start]))
		last = f.End
		if corrections.MatchString(gap) {
			out = nil
		}
		if conclusions.MatchString(gap) {
			inReason = false
		}
		if at := reasons.FindStringIndex(gap); at != nil {
			inReason = !conclusions.MatchString(gap[at[1]:])
		}
		c := candidate{Found: f, gap: gap, denied: denials.MatchString(gap), reason: inReason}
		c.score = ref.score(c, len(runes), len(out))
		out = append(out, c)
	}
	return out
}

// score orders the pieces of a text; later ones win ties.
func (ref reference) score(c candidate, length, index int) float64 {
	s := 0.1 * float64(index)
	if c.End-c.Start >= length-2 {
		s += 3
	}
	if markers.MatchString(c.gap) {
		s += 2
	}
	if c.reason {
		s -= 4
	}
	if c.Spelled && !markers.MatchString(c.gap) {
		s -= 2
	}
	return s + ref.fit(c.Statement)
}

// fit says how much a statement looks like the kind of thing that was asked.
func (ref reference) fit(s algebra.Statement) float64 {
	last := s.Items[len(s.Items)-1]
	lone := len(last.Sides) == 1 && last.Sides[0].Op == algebra.OpVariable
	if lone && len(ref.statement.Variables()) == 0 {
		return -3
	}
	if len(last.Sides) > 1 {
		if ref.answer.Variable != "" && mentions(last.Sides[0], ref.answer.Variable) {
			return 2
		}
		return 1
	}
	want := ref.statement.Items[0]
	target := want.Sides[len(want.Sides)-1]
	if (len(target.Variables()) > 0) == (len(last.Sides[0].Variables()) > 0) {
		return 1.5
	}
	return 0
}

// shotgun reports whether other pieces are offered as alternatives to the
// chosen one: joined to it by nothing but "or" and hedges, or three values each
// announced as the answer.
func (ref reference) shotgun(candidates []candidate, best int) bool {
	chosen := candidates[best]
	announced := []candidate{chosen}
	for i, c := range candidates {
		if i == best || c.denied || c.reason || ref.same(c, chosen) {
			continue
		}
		from, to := min(i, best), max(i, best)
		joined := true
		offered := false
		for j := from + 1; j <= to; j++ {
			joined = joined && hedges.MatchString(candidates[j].gap)
			offered = offered || alternatives.MatchString(candidates[j].gap)
		}
		if joined && (offered || bareValues(c, chosen)) {
			return true
		}
		if markers.MatchString(c.gap) && ref.fit(c.Statement) >= ref.fit(chosen.Statement) && distinctFrom(ref, c, announced) {
			announced = append(announced, c)
		}
	}
	return len(announced) >= 3
}

func distinctFrom(ref reference, c candidate, others []candidate) bool {
	for _, o := range others {
		if ref.same(c, o) {
			return false
		}
	}
	return true
}

// bareValues reports two plain expressions, "4. 5.", rather than steps of a
// calculation.
func bareValues(a, b candidate) bool {
	for _, s := range []algebra.Statement{a.Statement, b.Statement} {
		for _, it := range s.Items {
			if len(it.Sides) > 1 {
				return false
			}
		}
	}
	return true
}

// same reports whether two pieces state the same thing. Once a comparison was
// refused for its cost no further one is tried, and pieces count as different.
func (ref reference) same(a, b candidate) bool {
	if slices.Equal(a.Form, b.Form) {
		return true
	}
	if ref.costly != nil && *ref.costly {
		return false
	}
	equal, err := algebra.Equal(
		algebra.Statement{Items: ref.bare(a.Statement.Items)}, algebra.Statement{Items: ref.bare(b.Statement.Items)})
	var limit *algebra.LimitError
	if ref.costly != nil && errors.As(err, &limit) {
		*ref.costly = true
	}
	return err == nil && equal
}

// foldText lowers case and takes accents off, for matching patterns only:
// offsets do not survive.
func foldText(s string) string {
	s = strings.ReplaceAll(strings.ToLower(s), "’", "'")
	return stripAccents(s)
}
