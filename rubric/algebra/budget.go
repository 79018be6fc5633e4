package algebra

import "math/big"

// comparison is the budget of one question to the package: what it costs to
// compare two statements, or to judge a form, all lists and trials included.
type comparison struct {
	spent   int // never more than maxSpent
	refused int // pieces of work asked for beyond it
}

// maxSpent bounds a comparison, in units of about a hundred nanoseconds.
const maxSpent = 20_000

// outOfBudget is what a LimitError of spend says.
const outOfBudget = "expression"

// spend counts work before it is done. Once the budget is used up every
// further piece of work is refused, so that a comparison ends at once.
func (c *comparison) spend(n int) error {
	if c.refused > 0 || c.spent+n > maxSpent {
		c.refused++
		return &LimitError{outOfBudget}
	}
	c.spent += n
	return nil
}

// sizeCost is what multiplying long numbers costs beyond short ones: reducing
// a fraction is quadratic in its length.
func sizeCost(a, b *big.Rat) int {
	bits := a.Num().BitLen() + a.Denom().BitLen() + b.Num().BitLen() + b.Denom().BitLen()
	return bits * bits >> 14
}
