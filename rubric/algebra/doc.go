// Package algebra reads school mathematics as it is typed, spoken or set in
// TeX, and decides whether two readings mean the same.
//
// Equality is decided on values, never on strings. Rational functions are
// compared exactly over math/big; intervals, solved inequalities and their
// unions as sets of real numbers with exact ends; everything else (roots,
// absolute values, variable exponents, trigonometric and logarithmic
// functions) by evaluation to 192 bits at seeded points, with the error bound
// stated at ratioAt. What is written only decides the form, see HasForm.
//
// Every function is pure and safe for concurrent use. Hostile input is refused
// with a *LimitError: a question has one budget of counted work, about two
// milliseconds, that all its lists, trials and forms draw on.
//
// Not read: complex numbers, factorials (a ! ends a sentence), matrices, sums
// and integrals.
//
// Tried, and no help: double precision for sampled values (cancellation made
// equal roots differ at one point in thousands, a tolerance hid near-misses);
// one fixed reading of 1/2x (learners mean both); a limit for each product
// instead of one budget (lists and forms multiplied it to seconds).
package algebra

import (
	"errors"
	"fmt"
)

// The limits. They are far above anything a school answer needs.
const (
	MaxLength    = 2000 // code points of one input
	MaxDepth     = 64   // nested brackets, roots, powers and signs
	MaxVariables = 8    // distinct variables of a comparison
	MaxExponent  = 200  // of a variable, and the total degree of a polynomial
	maxBits      = 8192 // of a numerator or denominator
	maxTerms     = 600  // of a polynomial
	maxItems     = 64   // of a list
)

// LimitError says that an input was refused for its cost.
type LimitError struct{ What string }

func (e *LimitError) Error() string { return "algebra: too large: " + e.What }

// SyntaxError says where a text stops being mathematics.
type SyntaxError struct {
	At   int // code points
	What string
}

func (e *SyntaxError) Error() string { return fmt.Sprintf("algebra: at %d: %s", e.At, e.What) }

// ErrUndefined is the error of an expression without a value, such as 1/0.
var ErrUndefined = errors.New("algebra: the expression has no value")

// ErrUndecided is the error of a comparison for which no point was found where
// both sides have a value.
var ErrUndecided = errors.New("algebra: the comparison cannot be decided")

// errIrrational tells that an expression is no rational function, so that it
// has to be sampled.
var errIrrational = errors.New("algebra: not a rational function")

// Options say how a text is to be read.
type Options struct {
	// Language of spelled-out numbers and operators, BCP 47. Languages without
	// a word list read symbols only.
	Language string
	// DecimalComma reads "3,5" as three and a half and "1.363" as more than a
	// thousand.
	DecimalComma bool
	// NoThousands reads "330,367" as two numbers.
	NoThousands bool
	// Juxtaposition reads "1/2x" as 1/(2x) rather than (1/2)x. Both are in use,
	// so that whoever judges a learner tries both.
	Juxtaposition bool
	// Variables are the letters that may stand together without a sign between
	// them, as in "xy", and that upper case is folded to. Without any, runs of
	// up to three letters are products when a whole text is parsed.
	Variables []string
}

func (o Options) knows(name string) bool {
	for _, v := range o.Variables {
		if v == name {
			return true
		}
	}
	return false
}
